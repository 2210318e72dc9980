import { bandwidth } from '../faults/bandwidth.ts';
import { shopScenario } from './lib/shop.ts';

/** Each of the gateway's connections to inventory-service brings 2 kB a second: what counts is how large an answer is. */
export default shopScenario({
  title: 'The way from inventory is narrow',
  hypothesis:
    'When answers of inventory come through at 2 kB a second, product pages take a tenth of a second longer, whoever waits for the list to be read anew waits up to a second, orders do not notice, and nothing fails.',
  faults: [{ on: 'gateway-to-inventory', fault: bandwidth({ kbps: 2 }) }],
  degraded: { 'product-list': { minGoodPercent: 99.5, p99Ms: 1200 } },
});
