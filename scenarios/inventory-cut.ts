import { limit } from '../faults/limit.ts';
import { shopScenario } from './lib/shop.ts';

/** Each of the gateway's connections to inventory-service breaks after some ten answers. */
export default shopScenario({
  title: "Inventory's connections break",
  hypothesis: 'When one answer of inventory in ten is cut off, a second try mends it, and nobody notices.',
  faults: [{ on: 'gateway-to-inventory', fault: limit({ bytes: 3000 }) }],
  degraded: { 'product-page': { minGoodPercent: 99.5, p99Ms: 800, failures: [503] } },
});
