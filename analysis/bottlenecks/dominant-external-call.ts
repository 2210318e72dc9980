import { ms, percent } from '../lib/text.ts';
import { edgeOf } from './lib/calls.ts';
import { type Detector, placeText, usualOf } from './lib/detector.ts';
import { timeoutBelow, timeoutText } from './lib/round.ts';

/** From which share of the root's duration, and which time, a call is told; from which share it rules. */
const LEAST_SHARE = 0.3;
const LEAST_US = 10_000;
const RULING_SHARE = 0.5;
/** A call is slow from so many times the usual. */
const SLOW = 2;

/** One call to somebody outside, or to a database, that takes most of the time. */
export default {
  id: 'dominant-external-call',
  title: 'Dominant external call',
  rank: 2,
  find(view, known) {
    const { calls, times, rootUs } = view;
    return calls.flatMap((call, index) => {
      if (!call || call.calleeKind === 'service' || !rules(times.allUs[index] ?? 0, rootUs)) return [];
      const usual = usualOf(known, call);
      const isSlow = usual !== undefined && call.lengthUs > SLOW * usual.p50Us;
      return [
        {
          place: { service: call.caller, span: call.name, edge: edgeOf(call) },
          spans: [index],
          variant: isSlow ? 'slow' : 'usual',
          change: { spans: new Map([[index, { toUs: isSlow ? usual.p50Us : 0 }]]) },
          figures: {
            lengthUs: call.lengthUs,
            isDatabase: call.calleeKind === 'database' ? 1 : 0,
            isUsual: usual && !isSlow ? 1 : 0,
            usualUs: isSlow ? usual.p50Us : 0,
          },
        },
      ];
    });
  },
  severity({ pathShare, pathUs }) {
    if (pathShare >= RULING_SHARE && pathUs >= 500_000) return 'critical';
    return pathUs >= 100_000 ? 'warning' : 'info';
  },
  // What is as quick as usual cannot be left out as a whole.
  isBound: ({ figures }) => figures['isUsual'] === 1,
  what({ place, pathUs, rootUs, pathShare, figures }) {
    const usual = figures['usualUs'] ? `; usual are ${ms(figures['usualUs'])}` : '';
    return `${placeText(place)} (${place.edge}) takes ${ms(pathUs)} of ${ms(rootUs)} = ${percent(pathShare)}${usual}`;
  },
  remedies({ figures, place }) {
    const lengthUs = figures['lengthUs'] ?? 0;
    const timeout = `a time-out of ${timeoutText(timeoutBelow(lengthUs))}`;
    if (figures['isDatabase'])
      return [
        'look at the plan (EXPLAIN ANALYZE): an index, fewer rows or columns',
        `${timeout} for the statement, so that one cannot hold a connection`,
        'a cache or a materialized view, if it may be a little old',
      ];
    return [
      ...(lengthUs >= 50_000 ? [timeout] : []),
      `a circuit breaker around ${place.span}: while it is slow or fails it is not called`,
      'a fallback: another provider, a cached answer, or to be done later',
    ];
  },
} as const satisfies Detector;

function rules(pathUs: number, rootUs: number): boolean {
  return pathUs >= LEAST_US && pathUs >= LEAST_SHARE * rootUs;
}
