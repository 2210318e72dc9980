import { latency } from '../faults/latency.ts';
import { shopScenario } from './lib/shop.ts';

/** inventory-service answers 3 s late: beyond what its callers wait. */
export default shopScenario({
  title: 'Inventory is slow',
  hypothesis:
    'When inventory answers later than its callers wait, they stop waiting: orders are accepted and confirmed later, the product list is an old one, and product pages fail within their time-out.',
  faults: [
    { on: 'gateway-to-inventory', fault: latency({ latencyMs: 3000 }) },
    { on: 'order-to-inventory', fault: latency({ latencyMs: 3000 }) },
  ],
  degraded: {
    'product-list': { minGoodPercent: 99, p99Ms: 1800 },
    'product-page': { minGoodPercent: 0, p99Ms: 1800, failures: [504] },
    order: { minGoodPercent: 99, maxDegradedPercent: 100, p99Ms: 2900 },
  },
  // Orders are accepted without being charged.
  idle: ['order-to-payment', 'payment-to-stripe'],
});
