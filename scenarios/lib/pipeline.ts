import degradedAsDeclared from '../../assertions/degraded-as-declared.ts';
import exactlyOnceCharge from '../../assertions/exactly-once-charge.ts';
import faultTookHold from '../../assertions/fault-took-hold.ts';
import loadAchieved from '../../assertions/load-achieved.ts';
import lossesAsDeclared from '../../assertions/losses-as-declared.ts';
import noOrderLost from '../../assertions/no-order-lost.ts';
import partsStayedUp from '../../assertions/parts-stayed-up.ts';
import telemetryHarmless from '../../assertions/telemetry-harmless.ts';
import type { BoundAssertion, Scenario, ScenarioFault, ServiceEnvironment } from '../../harness/contracts.ts';
import shop from '../../services/system.ts';
import { WELL } from './shop.ts';

type Losses = NonNullable<Parameters<typeof lossesAsDeclared.with>[0]>;

/** What a scenario says itself in which the tracing pipeline fails, and not the shop. */
export interface PipelineScenario {
  readonly title: string;
  readonly hypothesis: string;
  readonly faults?: readonly ScenarioFault[];
  /** What must be lost, and where; the scenario passes when just that is found. */
  readonly losses: Losses;
  readonly environment?: ServiceEnvironment;
  readonly configuration?: Scenario['configuration'];
  readonly phases?: Partial<Scenario['phases']>;
  /** Requests that are given up; default 10 s. */
  readonly timeoutMs?: number;
  /** Routes that do otherwise than without a fault. */
  readonly routes?: typeof WELL;
  /** Routes that must do as before; default: all but the health checks. */
  readonly unharmed?: readonly string[];
  /** Beside those of every scenario. */
  readonly assertions?: readonly BoundAssertion[];
}

/**
 * A scenario of the pipeline: what it promises cannot be kept, so of the traces it asks where each loss happened, and
 * whether it was to be expected there; of the shop it asks that it notices nothing.
 */
export function pipelineScenario({
  title,
  hypothesis,
  faults = [],
  losses,
  environment,
  configuration,
  phases = {},
  timeoutMs = 10_000,
  routes = {},
  unharmed = ['product-list', 'product-page', 'order'],
  assertions = [],
}: PipelineScenario): Scenario {
  return {
    title,
    hypothesis,
    system: shop,
    load: { rate: 150, timeoutMs },
    phases: { warmupS: 10, baselineS: 15, faultS: 20, recoveryS: 15, ...phases },
    faults,
    ...(environment ? { environment } : {}),
    ...(configuration ? { configuration } : {}),
    assertions: [
      partsStayedUp.with({}),
      loadAchieved.with({}),
      ...(faults.length > 0 ? [faultTookHold.with({})] : []),
      lossesAsDeclared.with(losses),
      // Without a fault its telemetry is broken in the baseline as well: the bounds below hold in any case.
      ...(faults.length > 0 ? [telemetryHarmless.with({ routes: [...unharmed] })] : []),
      degradedAsDeclared.with({ routes: { ...WELL, ...routes }, minBaselineGoodPercent: 94 }),
      exactlyOnceCharge.with({}),
      noOrderLost.with({}),
      ...assertions,
    ],
  };
}
