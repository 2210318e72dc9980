import { ms, percent } from '../lib/text.ts';
import { edgeOf } from './lib/calls.ts';
import type { Detector } from './lib/detector.ts';
import { operation } from './lib/names.ts';
import { callBy } from './lib/trace-view.ts';

/** Words for what need not be done before the answer. */
const WORDS =
  /(?:^|[^a-z])(?:notif\w*|e?-?mail\w*|sms|push|webhooks?|audit\w*|analytics?|track\w*|metrics?|publish\w*|log|logs|logging|index\w*|newsletter|recommend\w*|receipts?)(?![a-z])/i;
/** Share of the root's duration from which it is worth a word. */
const LEAST_SHARE = 0.01;

/** A notice, a mail, an audit entry, that the caller waits for although the answer does not need it. */
export default {
  id: 'synchronous-side-effect',
  title: 'Synchronous side effect',
  rank: 7,
  find(view) {
    const { tree, times, rootUs } = view;
    return tree.spans.flatMap(({ span, parent }, index) => {
      // What a producer does is the handing over to a queue.
      if (index === 0 || span.kind === 'server' || span.kind === 'producer') return [];
      const call = callBy(view, index);
      // The step that makes the call stands for it.
      const isBelow = callBy(view, parent)?.index === call?.index;
      if (!call || call.calleeKind === 'database' || isBelow) return [];
      const name = call.index === index ? call.name : operation(span.name);
      const isMeant = WORDS.test(name) || WORDS.test(call.callee) || isAccepted(index);
      if (!isMeant || (times.allUs[index] ?? 0) < LEAST_SHARE * rootUs) return [];
      return [
        {
          place: { service: call.caller, span: name, edge: edgeOf(call) },
          spans: [index],
          change: { spans: new Map([[index, { toUs: 0 }]]) },
          figures: {},
        },
      ];
    });
    /** The callee itself says that it does it later: 202 Accepted. Who passes that on as the answer cannot do without it. */
    function isAccepted(index: number): boolean {
      const called = tree.spans[callBy(view, index)?.index ?? -1]?.span;
      return called?.httpStatus === 202 && tree.spans[0]?.span.httpStatus !== 202;
    }
  },
  severity: ({ savedUs, rootUs }) => (savedUs >= 0.1 * rootUs && savedUs >= 10_000 ? 'warning' : 'info'),
  what: ({ place, pathUs, pathShare }) =>
    `${place.span} (${place.edge}) is synchronous: the answer waits ${ms(pathUs)} (${percent(pathShare)}) for it and does not need it`,
  remedies: ({ place }) => [
    `make ${place.span} asynchronous by a queue or an outbox: written down with the data, sent later`,
    'where it may be lost: do it after the answer',
  ],
} as const satisfies Detector;
