import { pipelineScenario } from './lib/pipeline.ts';

/** Spans wait this long in two services, the sampler decides after 10 s. */
const DELAY = { OTEL_BSP_SCHEDULE_DELAY: '18000' };

/** The second provider charges when Stripe fails, so the error is in the spans of payment-service and Stripe alone. */
export default pipelineScenario({
  title: 'The span with the error comes late',
  hypothesis:
    'When a service exports its spans each 18 s, the sampler decides on a trace before it knows of the error in it, and so loses traces that it promised to keep.',
  environment: {
    'payment-service': DELAY,
    'stripe-api': { ...DELAY, PROVIDER_ERROR_PERCENT: '10', PROVIDER_SLOW_EVERY: '0' },
  },
  losses: { stages: ['late-spans'] },
});
