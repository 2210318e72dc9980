import { ms, percent } from '../lib/text.ts';
import type { Detector } from './lib/detector.ts';
import { operation } from './lib/names.ts';

const LEAST_SHARE = 0.25;
const LEAST_US = 10_000;

/** Time of the critical path in which a span has no child: it computes, waits, or calls somebody without a span. */
export default {
  id: 'time-in-no-span',
  title: 'Time in no span',
  rank: 9,
  isBound: () => true,
  find({ tree, times, calls, rootUs, external }) {
    return tree.spans.flatMap(({ span, children }, index) => {
      const ownUs = times.ownUs[index] ?? 0;
      if (ownUs < LEAST_US || ownUs < LEAST_SHARE * rootUs) return [];
      if (external.has(span.service)) return [];
      // What a call waits for is not the caller's own, and a leaf that is a named step says what it is.
      if (calls[index] || (children.length === 0 && span.kind !== 'server' && index > 0)) return [];
      const lengthUs = (tree.spans[index]?.endUs ?? 0) - (tree.spans[index]?.startUs ?? 0);
      return [
        {
          place: { service: span.service, span: operation(span.name), edge: null },
          spans: [index],
          pathUs: ownUs,
          change: { spans: new Map([[index, { toUs: lengthUs - ownUs }]]) },
          figures: { ownUs },
        },
      ];
    });
  },
  severity: ({ figures, rootUs }) =>
    (figures['ownUs'] ?? 0) >= 0.5 * rootUs && (figures['ownUs'] ?? 0) >= 100_000 ? 'warning' : 'info',
  what: ({ place, figures, rootUs }) =>
    `${place.service}: ${place.span} spends ${ms(figures['ownUs'] ?? 0)} of ${ms(rootUs)} = ${percent((figures['ownUs'] ?? 0) / rootUs)} in no span of its own`,
  remedies: ({ place }) => [
    `spans for the steps of ${place.span}: what cannot be seen cannot be mended`,
    'a CPU profile, and the delay of the event loop or the wait for a pool, of that time',
  ],
} as const satisfies Detector;
