import { down } from '../faults/down.ts';
import { shopScenario } from './lib/shop.ts';

/** inventory-service refuses every connection, for the gateway and for order-service. */
export default shopScenario({
  title: 'Inventory is down',
  hypothesis:
    'When inventory cannot be reached orders are accepted and confirmed later, the product list is an old one, and only product pages fail.',
  faults: [
    { on: 'gateway-to-inventory', fault: down() },
    { on: 'order-to-inventory', fault: down() },
  ],
  degraded: {
    'product-page': { minGoodPercent: 0, p99Ms: 500, failures: [503] },
    order: { minGoodPercent: 99.5, maxDegradedPercent: 100, p99Ms: 3000 },
  },
  // Orders are accepted without being charged.
  idle: ['order-to-payment', 'payment-to-stripe'],
});
