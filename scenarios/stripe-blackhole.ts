import { blackhole } from '../faults/blackhole.ts';
import { shopScenario, stripeMitigations } from './lib/shop.ts';

/** Stripe takes every connection and never answers. */
export default shopScenario({
  title: 'Stripe never answers',
  hypothesis:
    'When Stripe takes requests and never answers, charges end at their time-out, the second provider charges, and what Stripe may have charged is looked up and undone.',
  faults: [{ on: 'payment-to-stripe', fault: blackhole() }],
  degraded: { order: { minGoodPercent: 99, p99Ms: 4500, failures: [502, 503, 504] } },
  assertions: [stripeMitigations.timeout, stripeMitigations.breaker, stripeMitigations.fallback],
});
