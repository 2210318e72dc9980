import { latency } from '../faults/latency.ts';
import { shopScenario } from './lib/shop.ts';

/** auth-service answers 2.5 s late: beyond what the gateway waits. */
export default shopScenario({
  title: 'Auth is slow',
  hypothesis:
    'When auth answers later than the gateway waits, whoever has ordered lately goes on ordering, hardly slower than before.',
  faults: [{ on: 'gateway-to-auth', fault: latency({ latencyMs: 2500 }) }],
  degraded: { order: { minGoodPercent: 85, p99Ms: 3200, failures: [504] } },
});
