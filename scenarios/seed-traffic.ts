import volumeAsEstimated from '../assertions/volume-as-estimated.ts';
import { shopScenario } from './lib/shop.ts';

/** The traffic of the sampling strategy's table: at 1000 requests a second 0.5 % errors and 1 % slow ones. */
export default shopScenario({
  title: 'Traffic of the sampling table',
  hypothesis:
    'With 0.5 % errors and 1 % slow requests at 1000 requests a second about 64 traces a second are kept: 5 with an error, 10 slow, 49 of the rest.',
  rate: 1000,
  // Of the 8 % orders: one in sixteen fails at Stripe, and one in eight is slow.
  environment: { 'stripe-api': { PROVIDER_ERROR_PERCENT: '6.25', PROVIDER_SLOW_EVERY: '8' } },
  // Without a second provider these orders fail.
  minBaselineGoodPercent: 85,
  assertions: [
    volumeAsEstimated.with({
      rows: [
        { promise: 'errors', sharePercent: 0.5, perS: 5 },
        { promise: 'slow', sharePercent: 1, perS: 10 },
        { promise: 'normal', sharePercent: 98.5, perS: 49.25 },
      ],
    }),
  ],
});
