import baselineSampledExactly from '../../assertions/baseline-sampled-exactly.ts';
import breakerOpenedAndClosed from '../../assertions/breaker-opened-and-closed.ts';
import degradedAsDeclared from '../../assertions/degraded-as-declared.ts';
import everyErrorKept from '../../assertions/every-error-kept.ts';
import everySlowTraceKept from '../../assertions/every-slow-trace-kept.ts';
import exactlyOnceCharge from '../../assertions/exactly-once-charge.ts';
import fallbackUsed from '../../assertions/fallback-used.ts';
import faultTookHold from '../../assertions/fault-took-hold.ts';
import healthChecksDropped from '../../assertions/health-checks-dropped.ts';
import loadAchieved from '../../assertions/load-achieved.ts';
import noOrderLost from '../../assertions/no-order-lost.ts';
import notificationDeliveredOnce from '../../assertions/notification-delivered-once.ts';
import orderSpanContract from '../../assertions/order-span-contract.ts';
import partsStayedUp from '../../assertions/parts-stayed-up.ts';
import recovered from '../../assertions/recovered.ts';
import retriesBounded from '../../assertions/retries-bounded.ts';
import stockConserved from '../../assertions/stock-conserved.ts';
import timeoutEnforced from '../../assertions/timeout-enforced.ts';
import tracesUnbroken from '../../assertions/traces-unbroken.ts';
import type { BoundAssertion, Scenario, ScenarioFault } from '../../harness/contracts.ts';
import shop from '../../services/system.ts';

type Declared = Parameters<typeof degradedAsDeclared.with>[0];
type Routes = Declared['routes'];

/** How the routes do when nothing touches them; every 25th order takes Stripe 2.1 to 2.4 s. */
export const WELL: Routes = {
  'product-list': { minGoodPercent: 99.5, p99Ms: 500 },
  'product-page': { minGoodPercent: 99.5, p99Ms: 500 },
  order: { minGoodPercent: 99.5, p99Ms: 3000 },
};

/** Edges on which a call is tried again, and how often at most. */
const RETRIED = [
  'gateway-to-auth',
  'gateway-to-inventory',
  'order-to-inventory',
  'order-to-payment',
  'payment-to-stripe',
];
const RETRIES = { maxAmplification: 1.2, maxAttempts: 3 };
/** The second provider is called only when Stripe fails; where it must be, `fallback-used` sees to it. */
const RETRIED_SELDOM = { 'payment-to-backup': { ...RETRIES, mayBeIdle: true } };

/** What a scenario of the shop says itself; the rest is the same for all of them. */
export interface ShopScenario {
  readonly title: string;
  readonly hypothesis: string;
  readonly faults?: readonly ScenarioFault[];
  /** Routes that degrade, and how far; the others do as well as without a fault. */
  readonly degraded?: Routes;
  /** Share of good answers that the baseline must have, where the scenario's habits are bad from the start. */
  readonly minBaselineGoodPercent?: number;
  readonly environment?: Scenario['environment'];
  readonly rate?: number;
  /** Edges that nobody calls while the fault is in force, so that no retry can be seen on them. */
  readonly idle?: readonly string[];
  /** Beside those of every scenario. */
  readonly assertions?: readonly BoundAssertion[];
}

/** A scenario of the shop: its pipeline keeps what it promises, its books agree, and its routes do as declared. */
export function shopScenario(spec: ShopScenario): Scenario {
  const {
    title,
    hypothesis,
    faults = [],
    degraded = {},
    environment,
    rate = 300,
    idle = [],
    assertions = [],
  } = spec;
  // Stripe fails one charge in a hundred by itself, and the naive shop lets the order fail with it.
  const { minBaselineGoodPercent = 94 } = spec;
  return {
    title,
    hypothesis,
    system: shop,
    load: { rate, timeoutMs: 10_000 },
    phases: { warmupS: 15, baselineS: 20, faultS: 30, recoveryS: 20 },
    faults,
    ...(environment ? { environment } : {}),
    assertions: [
      partsStayedUp.with({}),
      loadAchieved.with({}),
      ...(faults.length > 0 ? [faultTookHold.with({})] : []),
      everyErrorKept.with({}),
      everySlowTraceKept.with({}),
      healthChecksDropped.with({}),
      baselineSampledExactly.with({}),
      tracesUnbroken.with({}),
      orderSpanContract.with({}),
      degradedAsDeclared.with({
        routes: { ...WELL, ...degraded },
        minBaselineGoodPercent,
      }),
      ...(faults.length > 0
        ? [
            recovered.with({
              routes: ['product-list', 'product-page', 'order'],
              withinS: 6,
              minBaselineGoodPercent,
            }),
          ]
        : []),
      exactlyOnceCharge.with({}),
      noOrderLost.with({}),
      stockConserved.with({}),
      notificationDeliveredOnce.with({}),
      retriesBounded.with({
        edges: {
          ...Object.fromEntries(
            RETRIED.filter((edge) => !idle.includes(edge)).map((edge) => [edge, RETRIES]),
          ),
          ...RETRIED_SELDOM,
        },
      }),
      ...assertions,
    ],
  };
}

/** Stripe's time-out, breaker and second provider, for scenarios in which Stripe does not do its work. */
export const stripeMitigations = {
  timeout: timeoutEnforced.with({ edge: 'payment-to-stripe', timeoutMs: 3000 }),
  breaker: breakerOpenedAndClosed.with({
    edge: 'payment-to-stripe',
    span: 'payment.charge',
    attribute: 'circuit_breaker.state',
  }),
  fallback: fallbackUsed.with({
    span: 'payment.charge',
    primary: 'payment-to-stripe',
    fallback: 'payment-to-backup',
  }),
};
