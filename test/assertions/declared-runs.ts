import degradedAsDeclared from '../../assertions/degraded-as-declared.ts';
import type { RequestSpec } from '../evidence/fixture.ts';

/** Of each phase 50 reads, then 50 orders. */
const EACH = 50;
export const FIRST_READ = 2 * EACH;
export const FIRST_ORDER = 3 * EACH;

export const READS = { 'product-read': { minGoodPercent: 100 } } as const;
export const declared = degradedAsDeclared.with({
  routes: {
    ...READS,
    'order-create': { minGoodPercent: 90, maxDegradedPercent: 10, p99Ms: 500, failures: [503, 0] },
  },
});

/** Changes of the orders of the fault phase, by their number. */
export type Orders = ReadonlyMap<number, Partial<RequestSpec>>;

export function sent(from: number, amount: number, change: Partial<RequestSpec>): Orders {
  return new Map(Array.from({ length: amount }, (_, index) => [from + index, change]));
}

export function withOrders(changes: Iterable<readonly [number, Partial<RequestSpec>]>): RequestSpec[] {
  const change = new Map(changes);
  return (['baseline', 'fault', 'recovery'] as const).flatMap((phase) => [
    ...Array.from({ length: EACH }, (): RequestSpec => ({ route: 'product-read', phase })),
    ...Array.from(
      { length: EACH },
      (_, index): RequestSpec => ({
        route: 'order-create',
        phase,
        latencyMs: 120,
        ...(phase === 'fault' ? change.get(index) : {}),
      }),
    ),
  ]);
}
