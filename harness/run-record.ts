/** What a run says of itself in run.json. */
import type { BuildRecord, LoadDriver, RunRecord, Scenario, Segment, Stack } from './contracts.ts';
import type { FaultTimes } from './fault-schedule.ts';
import type { Gathered } from './gather.ts';
import { requestsOf } from './load/plan.ts';
import type { LoadOutcome } from './send-load.ts';
import { systemRecord } from './system-record.ts';

/** What was settled before the run began. */
export interface OrderedRun {
  /** Validated. */
  readonly scenario: Scenario;
  readonly name: string;
  readonly id: string;
  readonly started: Date;
  readonly seed: number;
  readonly build?: BuildRecord;
  /** Versions of tools that the stack does not know of. */
  readonly tools: Readonly<Record<string, string>>;
}

/** The record of a run, before its evidence has checksums and its stack is stopped. */
export function runRecord(
  order: OrderedRun,
  stack: Stack,
  driver: LoadDriver,
  seen: {
    readonly parts: readonly Segment[];
    readonly outcome: LoadOutcome;
    readonly gathered: Gathered;
    readonly problem: RunRecord['problem'];
  },
): RunRecord {
  const { scenario } = order;
  const { system, load } = scenario;
  const { gathered, outcome, problem } = seen;
  return {
    schema: 1,
    id: order.id,
    scenario: order.name,
    title: scenario.title,
    hypothesis: scenario.hypothesis,
    seed: order.seed,
    startedAt: order.started.toISOString(),
    status: problem ? 'broken' : 'completed',
    ...(problem ? { problem } : {}),
    system: systemRecord(system),
    ...(order.build ? { build: order.build } : {}),
    load: {
      driver: driver.id,
      rate: load.rate,
      timeoutMs: load.timeoutMs,
      planned: seen.parts.reduce((sum, segment) => sum + requestsOf(segment), 0),
    },
    phases: outcome.phases,
    faults: placedFaults(scenario, outcome.faultTimes),
    assertions: scenario.assertions.map(({ id, options }) => ({ id, options })),
    settled: gathered.settled,
    ...(gathered.atRest ? { atRest: gathered.atRest } : {}),
    tools: { ...stack.tools, ...order.tools },
    doubts: gathered.doubts,
    notes: gathered.notes,
    missing: gathered.missing,
    cleanupProblems: [],
    timings: gathered.timings,
  };
}

/** Each fault once a block; times are one block after the other, and there are none when the run was cut short. */
function placedFaults(
  { faults, phases: { blocks = 1 } }: Scenario,
  times: readonly FaultTimes[],
): RunRecord['faults'] {
  return Array.from({ length: blocks }).flatMap((_, block) =>
    faults.map(({ on, fault }, index) => ({
      on,
      id: fault.id,
      parameters: fault.parameters,
      ...times[block * faults.length + index],
    })),
  );
}
