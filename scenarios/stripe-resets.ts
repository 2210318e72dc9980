import { reset } from '../faults/reset.ts';
import { shopScenario, stripeMitigations } from './lib/shop.ts';

/** Stripe charges, and the connection breaks before it can say so: the outcome is unknown each time. */
export default shopScenario({
  title: "Stripe's connections break",
  hypothesis:
    "When Stripe's answers are lost after it has charged, the second provider charges, and every lost charge is found and given back.",
  faults: [{ on: 'payment-to-stripe', fault: reset() }],
  degraded: { order: { minGoodPercent: 99, p99Ms: 3000, failures: [502, 503, 504] } },
  assertions: [stripeMitigations.breaker, stripeMitigations.fallback],
});
