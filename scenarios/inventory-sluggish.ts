import { latency } from '../faults/latency.ts';
import { shopScenario } from './lib/shop.ts';

/** inventory-service answers 400 ms late: within what its callers wait, so it is the number of calls that counts. */
export default shopScenario({
  title: 'Inventory is sluggish',
  hypothesis:
    'When each answer of inventory takes 400 ms longer, an order takes that much longer, and no more.',
  faults: [{ on: 'order-to-inventory', fault: latency({ latencyMs: 400 }) }],
  // The slow tail of Stripe, 2.4 s, and one late answer.
  degraded: { order: { minGoodPercent: 99, p99Ms: 3200 } },
});
