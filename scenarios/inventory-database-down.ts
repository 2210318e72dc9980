import { down } from '../faults/down.ts';
import { shopScenario } from './lib/shop.ts';

/** inventory-service lives, but its database does not: it answers, with errors. */
export default shopScenario({
  title: "Inventory's database is down",
  hypothesis:
    'When inventory answers with errors it is as if it did not answer: orders are accepted and confirmed later, the product list is an old one, and only product pages fail.',
  faults: [{ on: 'inventory-to-database', fault: down() }],
  degraded: {
    'product-page': { minGoodPercent: 0, p99Ms: 1800, failures: [503, 504] },
    order: { minGoodPercent: 99, maxDegradedPercent: 100, p99Ms: 3000 },
  },
  // Orders are accepted without being charged.
  idle: ['order-to-payment', 'payment-to-stripe'],
});
