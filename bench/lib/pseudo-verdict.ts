import type { PhaseWindow } from '../../analysis/statistics/window-series.ts';
import cascadeContained from '../../assertions/cascade-contained.ts';
import { behaviourIn } from '../../assertions/lib/cascade.ts';
import { routeBreaches } from '../../assertions/lib/cascade-breaches.ts';
import { judgedOf } from '../../assertions/lib/cascade-judged.ts';
import type { Verdict } from '../../harness/contracts.ts';
import type { Lengths } from './pseudo-runs.ts';

export interface PseudoVerdict {
  /** Of the comparison of the phases. */
  readonly comparison: Verdict;
  /** With the runs of bad seconds. */
  readonly whole: Verdict;
}

type Bounds = ReturnType<typeof cascadeContained.options.parse>;

/** The bounds that the assertion has by itself. */
export function boundsFor(routes: readonly string[], confidencePercent: number): Bounds {
  return cascadeContained.options.parse({ routes, confidencePercent });
}

/** What cascade-contained says of a pseudo run, its machine never being saturated. */
export function verdictOf(
  routes: readonly string[],
  windows: readonly (readonly PhaseWindow[])[],
  { baseline, fault }: Lengths,
  seed: number,
  bounds: Bounds,
): PseudoVerdict {
  const settledUs = (baseline + fault + bounds.settleS) * 1e6;
  const behaviours = routes.map((route, index) =>
    behaviourIn(windows[index] ?? [], { route, settledUs, wasSaturated: () => false, seed }, bounds),
  );
  const judged = judgedOf(behaviours, bounds);
  const decisions = judged.flatMap(({ time, good }) => [time, good]);
  const isJudged = routes.every((route) => judged.some(({ behaviour }) => behaviour.route === route));
  const other = isJudged && decisions.every((each) => each === 'kept') ? 'pass' : 'inconclusive';
  const isBroken = judged.some((each) => routeBreaches(each, bounds).next().done !== true);
  return {
    comparison: decisions.includes('broken') ? 'fail' : other,
    whole: isBroken ? 'fail' : other,
  };
}
