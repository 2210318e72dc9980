import { latency } from '../faults/latency.ts';
import { pipelineScenario } from './lib/pipeline.ts';

/** Nobody gives up: without time-outs an order lasts as long as Stripe does. */
const PATIENT = { DEADLINES: 'off' };

export default pipelineScenario({
  title: 'Requests last longer than the decision wait',
  hypothesis:
    'When orders take 12 s and the sampler decides after 10 s, it decides on a part of their traces, finds nothing slow in it, and loses traces that it promised to keep.',
  faults: [{ on: 'payment-to-stripe', fault: latency({ latencyMs: 12_000 }) }],
  environment: {
    'api-gateway': PATIENT,
    'order-service': PATIENT,
    'inventory-service': PATIENT,
    'payment-service': { ...PATIENT, STRIPE_TIMEOUT_MS: '0', BREAKER: 'off', STRIPE_MAX_CONCURRENT: '0' },
  },
  timeoutMs: 30_000,
  // The orders are slow by Stripe, not by their telemetry.
  unharmed: ['product-list', 'product-page'],
  routes: { order: { minGoodPercent: 95, p99Ms: 15_000 } },
  losses: { stages: ['decided-on-part'], mayAlso: ['late-spans'] },
});
