import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { nowUs, sleepUntil } from './clock.ts';
import type {
  EdgeProxy,
  LoadDriver,
  LoadRecord,
  PartControl,
  Phase,
  PhaseName,
  PlannedRequest,
  Scenario,
  Segment,
} from './contracts.ts';
import { type FaultTimes, holdFault } from './fault-schedule.ts';
import { plan, requestsOf } from './load/plan.ts';
import type { Mark } from './mark.ts';
import { phaseAt, phasesFrom } from './phases.ts';

export interface LoadOrder {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly segments: readonly Segment[];
  readonly applyFaults: boolean;
  readonly driver: LoadDriver;
  readonly baseUrl: string;
  readonly proxies: ReadonlyMap<string, EdgeProxy>;
  readonly controls: ReadonlyMap<string, PartControl>;
  /** The run's folder. */
  readonly folder: string;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  readonly mark: Mark;
  onRecord(record: LoadRecord): void;
  onProcess(part: string, pid: number): void;
  /** The phases are known: their warm-up has begun, or their measured part has. */
  onPhases(phases: readonly Phase[]): void;
}

export interface LoadOutcome {
  readonly phases: readonly Phase[];
  /** In the order of the scenario's faults, one block after the other. */
  readonly faultTimes: readonly FaultTimes[];
}

/** The phase of a planned request: by when it is due, counted from the start of the measured segment. */
export function phaseOf(scenario: Scenario, segment: Segment, request: PlannedRequest): PhaseName {
  if (segment.name !== MEASURED) return 'warmup';
  return phaseAt(scenario.phases, (request.seq - segment.firstSeq) / segment.rate);
}

const MEASURED = 'measured';

/**
 * Sends all segments, each at its time whether or not the answers of the one before have come, and holds the faults
 * while the measured one runs. Resolves when every request has ended and every fault is over; rejects with the
 * signal's reason, or when the driver fails.
 */
export async function sendLoad(order: LoadOrder): Promise<LoadOutcome> {
  const { scenario, signal, mark } = order;
  const abort = new AbortController();
  const either = AbortSignal.any([signal, abort.signal]);
  let faults: Promise<PromiseSettledResult<FaultTimes>[]> = Promise.resolve([]);
  let phases = plannedPhases(scenario, nowUs());
  order.onPhases(phases);
  const running: Promise<void>[] = [];
  try {
    for (const segment of order.segments) {
      const started = Promise.withResolvers<number>();
      const run = order.driver.run({
        baseUrl: order.baseUrl,
        segment,
        requests: plan(order.seed, scenario.system.traffic, segment),
        timeoutMs: scenario.load.timeoutMs,
        folder: order.folder,
        logFile: join(order.folder, 'logs', 'load.log'),
        signal: either,
        onRecord: order.onRecord,
        onProcess: order.onProcess,
        onStart: (startUs) => {
          mark('phase', segment.name, 'started', { rate: segment.rate, requests: requestsOf(segment) });
          if (segment.name === MEASURED) {
            phases = phasesFrom(scenario.phases, phases[0]?.startUs ?? startUs, startUs);
            order.onPhases(phases);
            faults = Promise.allSettled(holdFaults(order, phases, either));
          }
          started.resolve(startUs);
        },
      });
      // Awaited below with the others; here a failure only must not go unhandled meanwhile.
      run.catch(() => undefined);
      running.push(run);
      const failure = failureOf(run);
      const startUs = await Promise.race([started.promise, failure]);
      await Promise.race([sleepUntil(startUs + segment.durationS * 1e6, either), failure]);
    }
    await Promise.all(running);
    mark('phase', MEASURED, 'ended');
    return { phases, faultTimes: (await faults).map(settledTimes) };
  } catch (error) {
    // The others must be gone before the stack is stopped under them.
    abort.abort(error);
    await Promise.allSettled([...running, faults]);
    signal.throwIfAborted();
    throw error;
  }
}

function holdFaults(
  order: LoadOrder,
  phases: readonly Phase[],
  signal: AbortSignal,
): readonly Promise<FaultTimes>[] {
  const blocks = phases.filter(({ name }) => name === 'fault');
  const held = blocks.flatMap((phase) => order.scenario.faults.map((planned) => ({ phase, planned })));
  return held.map(async ({ phase, planned }) => {
    const target = (planned.fault.acts === 'part' ? order.controls : order.proxies).get(planned.on);
    if (!order.applyFaults || !target) return {};
    return holdFault({
      planned,
      target,
      fromUs: instantOf(phase, planned.from ?? 0),
      untilUs: instantOf(phase, planned.until ?? 1),
      cleanup: order.cleanup,
      signal,
      mark: order.mark,
    });
  });
}

/** @param share 0 is the start of the phase, 1 its end */
function instantOf({ startUs, endUs }: Phase, share: number): number {
  return Math.round(startUs + (endUs - startUs) * share);
}

/** A fault that could not be held to its end has no window: the judge must not take it for one that was. */
function settledTimes(outcome: PromiseSettledResult<FaultTimes>): FaultTimes {
  return outcome.status === 'fulfilled' ? outcome.value : {};
}

/** Rejects when the run fails; never resolves, so that its early end does not cut the wait for the next segment short. */
function failureOf(run: Promise<void>): Promise<never> {
  return new Promise((_resolve, reject) => run.catch(reject));
}

/** The phases as they are expected when the warm-up begins now. */
function plannedPhases(scenario: Scenario, startUs: number): readonly Phase[] {
  return phasesFrom(scenario.phases, startUs, startUs + scenario.phases.warmupS * 1e6);
}
