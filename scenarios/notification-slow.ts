import { latency } from '../faults/latency.ts';
import { shopScenario } from './lib/shop.ts';

/** notification-service answers 400 ms late: within what its callers wait, so whoever waits for it is that much slower. */
export default shopScenario({
  title: 'Notification is slow',
  hypothesis:
    'When notices take 400 ms longer no order notices, and every notice is delivered once, a little later.',
  faults: [{ on: 'order-to-notification', fault: latency({ latencyMs: 400 }) }],
  // So seldom that Stripe's slow tail does not hide at the 99th percentile that an order waits for its notice.
  environment: { 'stripe-api': { PROVIDER_SLOW_EVERY: '200' } },
  degraded: { order: { minGoodPercent: 99.5, p99Ms: 390 } },
});
