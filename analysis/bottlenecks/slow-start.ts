import { ms } from '../lib/text.ts';
import { edgeOf } from './lib/calls.ts';
import { type Detector, usualOf } from './lib/detector.ts';

/** So many calls of an edge must have been seen to know what is usual, and so many times slower must the first be. */
const ENOUGH = 40;
const TIMES = 3;
const LEAST_US = 10_000;

/** The first calls of an edge are slower than those that follow: connections, pools, caches and compiled code come to be. */
export default {
  id: 'slow-start',
  title: 'Slow start',
  rank: 8,
  find({ calls, tree, times }, known) {
    return calls.flatMap((call, index) => {
      const usual = call && usualOf(known, call, ENOUGH);
      if (!usual || (times.allUs[index] ?? 0) === 0) return [];
      const isFirst = (tree.spans[index]?.span.startUs ?? 0) <= usual.firstUntilUs;
      const isCold = usual.firstP50Us >= TIMES * usual.p50Us && usual.firstP50Us - usual.p50Us >= LEAST_US;
      if (!isFirst || !isCold || call.lengthUs <= usual.p50Us) return [];
      return [
        {
          place: { service: call.caller, span: call.callee, edge: edgeOf(call) },
          spans: [index],
          change: { spans: new Map([[index, { toUs: usual.p50Us }]]) },
          figures: { firstUs: usual.firstP50Us, usualUs: usual.p50Us },
        },
      ];
    });
  },
  severity: ({ figures }) => ((figures['firstUs'] ?? 0) >= 500_000 ? 'warning' : 'info'),
  what: ({ place, figures }) =>
    `the first calls of ${place.edge} take ${ms(figures['firstUs'] ?? 0)}, later ones ${ms(figures['usualUs'] ?? 0)}`,
  remedies: () => [
    'be ready only when connections and caches are there: call each callee once before the first request',
    'connections that are kept open, and pools with a minimum',
    'let the traffic to a new instance rise slowly',
  ],
} as const satisfies Detector;
