import { ms } from '../lib/text.ts';
import { edgeOf } from './lib/calls.ts';
import type { Detector } from './lib/detector.ts';
import { repeatedCalls } from './lib/siblings.ts';

/** The same call tried again and again although it fails: time for nothing, and load for who is in trouble already. */
export default {
  id: 'retry-storm',
  title: 'Retry storm',
  rank: 1,
  find(view) {
    const found = [];
    for (const tries of repeatedCalls(view)) {
      const [first, ...again] = tries;
      // The last one may be the good one; what follows a good one is no retry.
      if (tries.slice(0, -1).some(({ call }) => !call.failed)) continue;
      found.push({
        place: { service: first.call.caller, span: first.operation, edge: edgeOf(first.call) },
        spans: tries.map(({ index }) => index),
        change: {
          spans: new Map(again.map(({ index }) => [index, { toUs: 0, withoutPause: true }] as const)),
        },
        figures: { tries: tries.length },
      });
    }
    return found;
  },
  severity: ({ savedUs, rootUs }) => (savedUs >= 0.5 * rootUs && savedUs >= 500_000 ? 'critical' : 'warning'),
  what: ({ place, figures, pathUs }) =>
    `${place.span} (${place.edge}) is tried ${Math.round(figures['tries'] ?? 0)} times although it fails, ${ms(pathUs)} in all`,
  remedies: () => [
    'a retry budget (at most 10 % of the calls), with exponential backoff and jitter',
    'a circuit breaker, so that nobody calls what fails',
    'no retry of what will not get better: answers of 4xx, deadlines that have passed',
  ],
} as const satisfies Detector;
