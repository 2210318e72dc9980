import { down } from '../faults/down.ts';
import { shopScenario } from './lib/shop.ts';

/** auth-service refuses every connection. */
export default shopScenario({
  title: 'Auth is down',
  hypothesis:
    'When auth cannot be reached, whoever has ordered lately goes on ordering; only customers not seen before are refused.',
  faults: [{ on: 'gateway-to-auth', fault: down() }],
  degraded: { order: { minGoodPercent: 85, p99Ms: 3000, failures: [503] } },
});
