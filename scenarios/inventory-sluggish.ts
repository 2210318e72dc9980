import { latency } from '../faults/latency.ts';
import { shopScenario } from './lib/shop.ts';

/** inventory-service answers 400 ms late: within what its callers wait, so it is the number of calls that counts. */
export default shopScenario({
  title: 'Inventory is sluggish',
  hypothesis:
    'When each answer of inventory takes 400 ms longer, an order takes that much longer, and no more.',
  faults: [{ on: 'order-to-inventory', fault: latency({ latencyMs: 400 }) }],
  // So seldom that Stripe's slow tail does not hide at the 99th percentile what inventory does.
  environment: { 'stripe-api': { PROVIDER_SLOW_EVERY: '200' } },
  degraded: { order: { minGoodPercent: 99, p99Ms: 1000 } },
});
