import { shopScenario, stripeMitigations } from './lib/shop.ts';

/** One charge in ten fails at Stripe, and one in twenty is declined, drawn by the request's trace: the same seed, the same ones. */
export default shopScenario({
  title: 'Stripe is flaky',
  hypothesis:
    'When a tenth of the charges fails at Stripe the second provider does them, without charging twice; declined cards stay declined and are no errors.',
  environment: { 'stripe-api': { PROVIDER_ERROR_PERCENT: '10', PROVIDER_DECLINE_PERCENT: '5' } },
  degraded: { order: { minGoodPercent: 90, p99Ms: 3000, failures: [402] } },
  minBaselineGoodPercent: 85,
  assertions: [stripeMitigations.fallback],
});
