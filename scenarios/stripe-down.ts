import { down } from '../faults/down.ts';
import { shopScenario, stripeMitigations } from './lib/shop.ts';

/** Stripe refuses every connection. */
export default shopScenario({
  title: 'Stripe is down',
  hypothesis:
    'When Stripe cannot be reached the second provider charges, so that orders go on as before, and the breaker spares the attempts.',
  faults: [{ on: 'payment-to-stripe', fault: down() }],
  degraded: { order: { minGoodPercent: 99, p99Ms: 3000, failures: [502, 503, 504] } },
  assertions: [stripeMitigations.breaker, stripeMitigations.fallback],
});
