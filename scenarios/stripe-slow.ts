import cascadeContained from '../assertions/cascade-contained.ts';
import { latency } from '../faults/latency.ts';
import { shopScenario, stripeMitigations } from './lib/shop.ts';

/** Stripe answers 3750 ms late: above payment's time-out of 3 s, so that each charge that gets through fails. */
export default shopScenario({
  title: 'Stripe is slow',
  hypothesis:
    'When every answer of Stripe takes 3750 ms longer, the second provider charges, no order is charged twice, product reads do not notice, and every error and slow trace is kept.',
  rate: 1000,
  faults: [{ on: 'payment-to-stripe', fault: latency({ latencyMs: 3750 }) }],
  // Less than an order takes that waits for such an answer.
  degraded: { order: { minGoodPercent: 99, p99Ms: 3600, failures: [502, 503, 504] } },
  assertions: [
    cascadeContained.with({ routes: ['product-list', 'product-page'], deadlines: { order: 5000 } }),
    stripeMitigations.timeout,
    stripeMitigations.breaker,
    stripeMitigations.fallback,
  ],
});
