import { down } from '../faults/down.ts';
import { latency } from '../faults/latency.ts';
import { shopScenario, stripeMitigations } from './lib/shop.ts';

/** Stripe is slow all the time; for the middle third inventory-service is down as well. */
export default shopScenario({
  title: 'Stripe is slow and inventory is down',
  hypothesis:
    'When Stripe is slow and inventory goes down as well, orders go on: charged by the second provider while stock can be reserved, accepted and confirmed later while it cannot; every error and slow trace is kept.',
  rate: 1000,
  faults: [
    { on: 'payment-to-stripe', fault: latency({ latencyMs: 3750 }) },
    { on: 'gateway-to-inventory', fault: down(), from: 1 / 3, until: 2 / 3 },
    { on: 'order-to-inventory', fault: down(), from: 1 / 3, until: 2 / 3 },
  ],
  degraded: {
    'product-page': { minGoodPercent: 60, p99Ms: 500, failures: [503] },
    order: { minGoodPercent: 99, maxDegradedPercent: 40, p99Ms: 4000, failures: [502, 503, 504] },
  },
  assertions: [stripeMitigations.timeout, stripeMitigations.breaker, stripeMitigations.fallback],
});
