import { ms } from '../lib/text.ts';
import { type Call, edgeOf } from './lib/calls.ts';
import { type Detector, usualOf } from './lib/detector.ts';
import { timeoutAbove, timeoutText } from './lib/round.ts';
import type { TraceView } from './lib/trace-view.ts';

/** A caller that waits so many times the usual, and so long, has no time-out that is worth its name. */
const TIMES = 10;
const LEAST_US = 1_000_000;
/** Where nothing is usual, as in a single trace: nobody waits so long for an answer. */
const LEAST_ALONE_US = 10_000_000;

/** A caller that waited far longer than is usual, until the answer came after all: nothing would have ended it. */
export default {
  id: 'missing-time-out',
  title: 'Missing time-out',
  rank: 6,
  find(view, known) {
    const { calls, times, tree } = view;
    return calls.flatMap((call, index) => {
      const span = tree.spans[index]?.span;
      // A call that has failed may have been ended by its time-out.
      if (!call || !span || span.isError || (times.allUs[index] ?? 0) === 0) return [];
      const usual = usualOf(known, call);
      const leastUs = usual ? Math.max(LEAST_US, TIMES * usual.p50Us) : LEAST_ALONE_US;
      if (call.lengthUs < leastUs || waitsForAnother(view, call)) return [];
      const timeoutUs = timeoutAbove(usual ? Math.max(100_000, TIMES * usual.p50Us) : LEAST_ALONE_US / 2);
      return [
        {
          place: { service: call.caller, span: call.name, edge: edgeOf(call) },
          spans: [index],
          change: { spans: new Map([[index, { toUs: Math.min(timeoutUs, call.lengthUs) }]]) },
          figures: { longestUs: call.lengthUs, usualUs: usual?.p50Us ?? 0, timeoutUs },
        },
      ];
    });
  },
  severity: ({ savedUs, rootUs }) => (savedUs >= 0.5 * rootUs && savedUs >= 500_000 ? 'critical' : 'warning'),
  what({ place, figures }) {
    const usual = figures['usualUs']
      ? `, ${Math.round((figures['longestUs'] ?? 0) / figures['usualUs'])} times the usual ${ms(figures['usualUs'])}`
      : '';
    return `${place.span} (${place.edge}) was waited for ${ms(figures['longestUs'] ?? 0)}${usual}, and nothing ended it but the answer`;
  },
  remedies: ({ figures }) => [
    `a time-out of ${timeoutText(timeoutAbove(figures['timeoutUs'] ?? 0))} for the call`,
    'a deadline for the whole request that is passed down, so that nobody works for a caller that has left',
    'a circuit breaker and a fallback for when it happens often',
  ],
} as const satisfies Detector;

/** Whether what is waited for is, for the most part, a call that the callee makes: then it is that one that needs an end. */
function waitsForAnother({ tree, calls, times }: TraceView, { index, lengthUs }: Call): boolean {
  let below = tree.spans[index]?.children ?? [];
  while (below.length > 0) {
    const longest = below.reduce((best, each) =>
      (times.allUs[each] ?? 0) > (times.allUs[best] ?? 0) ? each : best,
    );
    if ((times.allUs[longest] ?? 0) < 0.8 * lengthUs) return false;
    if (calls[longest]) return true;
    below = tree.spans[longest]?.children ?? [];
  }
  return false;
}
