import { shopScenario } from './lib/shop.ts';

/** Nothing is broken but what is always a little broken: a run that turns red here shows a fault of the harness, or of the shop. */
export default shopScenario({
  title: 'Nothing is wrong',
  hypothesis:
    'Without a fault every route does as declared, every book agrees, and sampling keeps exactly what it promises.',
  // Enough errors that also a short run has some to be kept.
  environment: { 'stripe-api': { PROVIDER_ERROR_PERCENT: '2' } },
});
