import { ms } from '../lib/text.ts';
import { edgeOf, onlyReads } from './lib/calls.ts';
import type { Detector } from './lib/detector.ts';

/** The very same question asked more than once in one trace. */
export default {
  id: 'repeated-identical-query',
  title: 'Repeated identical query',
  rank: 3,
  find({ tree, calls }) {
    const asked = calls.flatMap((call) => {
      const span = tree.spans[call?.index ?? -1]?.span;
      if (!call || !span || span.request === null || call.failed || !onlyReads(span)) return [];
      return [{ call, request: span.request }];
    });
    const groups = Map.groupBy(asked, ({ call, request }) => `${edgeOf(call)}\n${request}`);
    return [...groups.values()].flatMap((same) => {
      const inOrder = same.map(({ call }) => call).sort((a, b) => startOf(a.index) - startOf(b.index));
      const [first, ...again] = inOrder;
      if (!first || again.length === 0) return [];
      return [
        {
          place: { service: first.caller, span: first.name, edge: edgeOf(first) },
          spans: inOrder.map(({ index }) => index),
          change: { spans: new Map(again.map(({ index }) => [index, { toUs: 0 }] as const)) },
          figures: { times: inOrder.length },
        },
      ];
    });
    function startOf(index: number): number {
      return tree.spans[index]?.startUs ?? 0;
    }
  },
  severity: ({ savedUs, rootUs }) => (savedUs >= 0.05 * rootUs ? 'warning' : 'info'),
  what: ({ place, figures, pathUs }) =>
    `${place.span} (${place.edge}) asks the same ${Math.round(figures['times'] ?? 0)} times, ${ms(pathUs)} in all`,
  remedies: () => [
    'ask once and pass the answer on',
    'a cache for the length of a request (a data loader)',
    'a shared cache with a short lifetime, if it may be a little old',
  ],
} as const satisfies Detector;
