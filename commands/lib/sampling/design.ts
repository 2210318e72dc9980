import { collectorYaml } from '../../../analysis/sampling-design/collector-yaml.ts';
import { extrapolated, type Kept } from '../../../analysis/sampling-design/extrapolate.ts';
import { meanBytes, type Strategy, strategyOf } from '../../../analysis/sampling-design/table.ts';
import { sharesOf, type Traffic, trafficProblems } from '../../../analysis/sampling-design/traffic.ts';
import type { Expectations, LintFinding } from '../../../analysis/sampling-lint/lib/rule.ts';
import type { SamplingPromise, System } from '../../../harness/contracts.ts';
import { UserError } from '../../../harness/errors.ts';
import type { DesignOptions } from './design-options.ts';
import { lintText } from './lint.ts';
import { USUAL } from './lint-options.ts';
import type { MeasuredRun } from './measure.ts';
import { parsePromises } from './promises.ts';

export interface Design {
  /** Whose promises they are. */
  readonly of: string;
  readonly traffic: Traffic;
  /** Bytes a trace: the same for all as given or supposed, or by promise as measured. */
  readonly bytesFrom: 'given' | 'measured' | 'supposed';
  readonly pricePerGb: number;
  readonly strategy: Strategy;
  readonly yaml: string;
  /** What the lint says of it. */
  readonly findings: readonly LintFinding[];
  /** Absent without a run. */
  readonly run?: {
    readonly id: string;
    readonly scenario: string;
    /** A fault was in force in it. */
    readonly underFault: boolean;
    readonly measured: Omit<MeasuredRun, 'run'>;
    readonly kept: Kept;
  };
}

/** The strategy, its volumes and its configuration; against it, what the run kept. A UserError for shares that cannot be. */
export async function designOf(
  options: DesignOptions,
  system: System,
  measured: MeasuredRun | undefined,
): Promise<Design> {
  const promises = promisesOf(options, measured?.run.system.promises ?? system.promises);
  const traffic = trafficOf(options, measured);
  const { bytesOf, bytesFrom } = bytesFor(options, measured);
  const pricePerGb = options.price;
  const strategy = strategyOf({ promises, traffic, bytesOf, pricePerGb });
  const bytesPerTrace = Math.max(1, Math.round(meanBytes(strategy)));
  const yaml = collectorYaml({
    promises,
    ratePerS: traffic.ratePerS,
    bytesPerTrace,
    decisionWaitS: options.decisionWait,
  });
  const of = options.promise.length > 0 ? '--promise' : (measured?.run.system.name ?? system.name);
  const expectations = expectationsOf(of, promises, traffic, { options, bytesPerTrace });
  const { findings } = await lintText(options.out ?? 'the configuration', yaml, expectations);
  return {
    of,
    traffic,
    bytesFrom,
    pricePerGb,
    strategy,
    yaml,
    findings,
    ...(measured ? { run: runPart(measured, traffic.ratePerS, { bytesOf, pricePerGb }) } : {}),
  };
}

function promisesOf(
  { promise, base }: DesignOptions,
  usual: readonly SamplingPromise[],
): readonly SamplingPromise[] {
  const promises = promise.length > 0 ? parsePromises(promise) : usual;
  if (base === undefined) return promises;
  const keepPercent = Number((base * 100).toPrecision(12));
  return promises.map((each) =>
    each.when.kind === 'any' ? { ...each, title: `${keepPercent} % of everything else`, keepPercent } : each,
  );
}

function trafficOf(options: DesignOptions, measured: MeasuredRun | undefined): Traffic {
  const { rate, errors, slow, overlap, health } = options;
  const run = measured?.traffic;
  // How many of the given shares overlap, the run does not know.
  const measuredOverlap = errors === undefined && slow === undefined ? run?.errorAndSlowShare : undefined;
  const traffic = {
    ratePerS: rate,
    errorShare: errors ?? run?.errorShare ?? USUAL.errorShare,
    slowShare: slow ?? run?.slowShare ?? USUAL.slowShare,
    errorAndSlowShare: overlap ?? measuredOverlap ?? 0,
    healthShare: health ?? run?.healthShare ?? 0,
  };
  const problems = trafficProblems(traffic);
  if (problems.length > 0)
    throw new UserError(
      `${problems.join('; ')}. Correct --errors, --slow, --overlap or --health; they are shares of all traces.`,
    );
  return traffic;
}

function bytesFor(options: DesignOptions, measured: MeasuredRun | undefined) {
  const { bytes } = options;
  const found = measured?.bytes ?? [];
  if (bytes !== undefined) return { bytesOf: () => bytes, bytesFrom: 'given' as const };
  if (found.length === 0) return { bytesOf: () => USUAL.bytesPerTrace, bytesFrom: 'supposed' as const };
  const traces = found.reduce((sum, each) => sum + each.traces, 0);
  const mean = found.reduce((sum, each) => sum + each.bytes * each.traces, 0) / traces;
  const bytesOf = ({ id }: SamplingPromise) => found.find(({ promise }) => promise === id)?.bytes ?? mean;
  return { bytesOf, bytesFrom: 'measured' as const };
}

function expectationsOf(
  of: string,
  promises: readonly SamplingPromise[],
  traffic: Traffic,
  { options, bytesPerTrace }: { readonly options: DesignOptions; readonly bytesPerTrace: number },
): Expectations {
  const shares = sharesOf(promises, traffic);
  const shareOf = (kind: SamplingPromise['when']['kind']) =>
    shares[promises.findIndex(({ when }) => when.kind === kind)] ?? 0;
  return {
    of,
    promises,
    ratePerS: traffic.ratePerS,
    errorShare: shareOf('error'),
    slowShare: shareOf('slow'),
    bytesPerTrace,
    pricePerGb: options.price,
    longestMs: options.longest,
    collectors: USUAL.collectors,
  };
}

function runPart(
  measured: MeasuredRun,
  ratePerS: number,
  volume: Parameters<typeof extrapolated>[3],
): NonNullable<Design['run']> {
  const { run, ...rest } = measured;
  return {
    id: run.id,
    scenario: run.scenario,
    underFault: run.faults.some(({ fromUs }) => fromUs !== undefined),
    measured: rest,
    kept: extrapolated(measured, run.system.promises, ratePerS, volume),
  };
}
