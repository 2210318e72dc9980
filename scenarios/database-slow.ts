import { latency } from '../faults/latency.ts';
import { shopScenario } from './lib/shop.ts';

/** Every answer of the database takes 20 ms longer, for each of the services that use it. */
export default shopScenario({
  title: 'The database is slow',
  hypothesis:
    'When every answer of the database takes 20 ms longer, reads and orders take as much longer as they have statements, and nothing fails.',
  faults: [
    { on: 'inventory-to-database', fault: latency({ latencyMs: 20 }) },
    { on: 'order-to-database', fault: latency({ latencyMs: 20 }) },
    { on: 'payment-to-database', fault: latency({ latencyMs: 20 }) },
  ],
});
