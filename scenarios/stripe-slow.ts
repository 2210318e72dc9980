import baselineSampledExactly from '../assertions/baseline-sampled-exactly.ts';
import breakerOpenedAndClosed from '../assertions/breaker-opened-and-closed.ts';
import cascadeContained from '../assertions/cascade-contained.ts';
import everyErrorKept from '../assertions/every-error-kept.ts';
import everySlowTraceKept from '../assertions/every-slow-trace-kept.ts';
import faultTookHold from '../assertions/fault-took-hold.ts';
import healthChecksDropped from '../assertions/health-checks-dropped.ts';
import loadAchieved from '../assertions/load-achieved.ts';
import partsStayedUp from '../assertions/parts-stayed-up.ts';
import timeoutEnforced from '../assertions/timeout-enforced.ts';
import tracesUnbroken from '../assertions/traces-unbroken.ts';
import { latency } from '../faults/latency.ts';
import type { Scenario } from '../harness/contracts.ts';
import shop from '../services/system.ts';

/** Stripe answers 3750 ms late: above payment's time-out of 3 s, so that each charge that gets through fails. */
const stripeSlow: Scenario = {
  title: 'Stripe is slow',
  hypothesis:
    'When every answer of Stripe takes 3750 ms longer, orders fail cleanly within their deadline, product reads do not notice, and every error and slow trace is kept.',
  system: shop,
  load: { rate: 1000, timeoutMs: 10_000 },
  phases: { warmupS: 15, baselineS: 20, faultS: 30, recoveryS: 20 },
  faults: [{ on: 'payment-to-stripe', fault: latency({ latencyMs: 3750 }) }],
  assertions: [
    partsStayedUp.with({}),
    loadAchieved.with({}),
    faultTookHold.with({}),
    everyErrorKept.with({}),
    everySlowTraceKept.with({}),
    healthChecksDropped.with({}),
    baselineSampledExactly.with({}),
    tracesUnbroken.with({}),
    cascadeContained.with({ routes: ['product-list', 'product-page'], deadlines: { order: 5000 } }),
    timeoutEnforced.with({ edge: 'payment-to-stripe', timeoutMs: 3000 }),
    breakerOpenedAndClosed.with({
      edge: 'payment-to-stripe',
      span: 'payment.charge',
      attribute: 'circuit_breaker.state',
    }),
  ],
};

export default stripeSlow;
