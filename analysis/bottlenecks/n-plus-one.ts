import { ms } from '../lib/text.ts';
import { edgeOf } from './lib/calls.ts';
import type { Detector } from './lib/detector.ts';
import { repeatedCalls, type SiblingCall } from './lib/siblings.ts';

/** A call for each item, one after the other, where one call for all would do. */
export default {
  id: 'n-plus-one',
  title: 'N+1 calls',
  rank: 4,
  find(view) {
    const found = [];
    for (const calls of repeatedCalls(view)) {
      const [first, ...others] = calls;
      const batchUs = batchLength(calls);
      found.push({
        place: { service: first.call.caller, span: first.operation, edge: edgeOf(first.call) },
        spans: calls.map(({ index }) => index),
        change: {
          spans: new Map([
            [first.index, { toUs: batchUs }],
            ...others.map(({ index }) => [index, { toUs: 0 }] as const),
          ]),
        },
        figures: { calls: calls.length, batchUs, isDatabase: first.call.calleeKind === 'database' ? 1 : 0 },
      });
    }
    return found;
  },
  severity({ savedUs, rootUs }) {
    if (savedUs >= 0.5 * rootUs && savedUs >= 500_000) return 'critical';
    return savedUs >= 0.01 * rootUs ? 'warning' : 'info';
  },
  what: ({ place, figures, pathUs }) =>
    `${place.span} (${place.edge}) is called ${Math.round(figures['calls'] ?? 0)} times, one after the other (N+1), ${ms(pathUs)} in all`,
  remedies({ place, figures }) {
    const about = `about ${ms(figures['batchUs'] ?? 0)}`;
    const batch = figures['isDatabase']
      ? `one statement for all (a join, or = ANY ($1)): ${about}`
      : `one batch call for all, such as POST ${batchPath(place.span)}: ${about}`;
    return [
      batch,
      'the calls at the same time, a few at once, if there can be no batch',
      'a cache of what is asked often',
    ];
  },
} as const satisfies Detector;

/**
 * How long a call for all items is taken to last: as long as the middle one of the single calls, of two in the middle the longer one.
 * The way there and back is the same; that the callee has more to do is not in the trace.
 */
export function batchLength(calls: readonly Pick<SiblingCall, 'startUs' | 'endUs'>[]): number {
  const lengths = calls.map(({ startUs, endUs }) => endUs - startUs).sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

/** `inventory.check` -> `/inventory/check-batch`; `POST /inventory/check` likewise. */
function batchPath(name: string): string {
  const path = name
    .replace(/^[A-Z]+ /, '')
    .replaceAll('.', '/')
    .replace(/^\/*/, '/');
  return `${path.replaceAll(/[^\w/*:-]/g, '-')}-batch`;
}
