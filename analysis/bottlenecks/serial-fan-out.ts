import { ms } from '../lib/text.ts';
import { edgeOf, onlyReads } from './lib/calls.ts';
import type { Detector } from './lib/detector.ts';
import { areSerial, LEAST_IN_A_ROW, type SiblingCall, siblingCalls } from './lib/siblings.ts';
import type { TraceView } from './lib/trace-view.ts';

/**
 * Calls that could be made at the same time: neighbours that all only read, or the same operation at several callees. Whether one
 * needs what another has answered the trace does not say, so reads that are few, or mixed with writes, are not held against anybody.
 */
export default {
  id: 'serial-fan-out',
  title: 'Serial fan-out',
  rank: 5,
  isBound: () => true,
  find(view) {
    const found = [];
    for (const siblings of siblingCalls(view)) {
      for (const run of [...runs(siblings, (call) => isRead(view, call)), ...spreads(siblings)]) {
        const [first] = run;
        if (!first || run.length < LEAST_IN_A_ROW || !areSerial(run)) continue;
        if (new Set(run.map(({ call, operation }) => `${operation}\n${edgeOf(call)}`)).size === 1) continue;
        const indexes = run.map(({ index }) => index);
        const callees = new Set(run.map(({ call }) => call.callee));
        found.push({
          place: {
            service: first.call.caller,
            span: [...new Set(run.map(({ operation }) => operation))].join(', '),
            edge:
              callees.size === 1
                ? edgeOf(first.call)
                : `${first.call.caller} -> ${[...callees].sort().join(', ')}`,
          },
          spans: indexes,
          change: { together: new Map([[first.index, indexes]]) },
          figures: {
            calls: run.length,
            longestUs: Math.max(...run.map(({ startUs, endUs }) => endUs - startUs)),
          },
        });
      }
    }
    return found;
  },
  severity: ({ savedUs, rootUs }) => (savedUs >= 0.1 * rootUs && savedUs >= 10_000 ? 'warning' : 'info'),
  what: ({ place, figures, pathUs }) =>
    `${Math.round(figures['calls'] ?? 0)} reads one after the other (${place.span}; ${place.edge}), ${ms(pathUs)} in all, the longest ${ms(figures['longestUs'] ?? 0)}`,
  remedies: () => [
    'the calls at the same time (Promise.all), where none needs the answer of another',
    'one call that answers all of it',
  ],
} as const satisfies Detector;

function isRead({ tree }: TraceView, { call }: SiblingCall): boolean {
  const at = tree.spans[call.index];
  return at !== undefined && onlyReads(at.span);
}

/** Neighbours that fulfil a condition. */
function runs(
  siblings: readonly SiblingCall[],
  fits: (call: SiblingCall) => boolean,
): readonly (readonly SiblingCall[])[] {
  const found: SiblingCall[][] = [];
  let current: SiblingCall[] = [];
  for (const each of siblings) {
    if (!fits(each)) {
      current = [];
      continue;
    }
    if (current.length === 0) found.push(current);
    current.push(each);
  }
  return found;
}

/** Calls of the same operation at several callees. */
function spreads(siblings: readonly SiblingCall[]): readonly (readonly SiblingCall[])[] {
  const groups = [...Map.groupBy(siblings, ({ operation }) => operation).values()];
  return groups.filter((group) => new Set(group.map(({ call }) => call.callee)).size > 1);
}
