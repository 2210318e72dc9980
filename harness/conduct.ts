import { join } from 'node:path';
import { Cleanup } from './cleanup.ts';
import { nowUs } from './clock.ts';
import { copyChanged } from './configuration-changes.ts';
import { checkConfigurations } from './configurations.ts';
import type {
  BuildRecord,
  LoadDriver,
  LoadRecord,
  PartControl,
  PartDeath,
  Phase,
  RunRecord,
  Scenario,
  Segment,
  ServiceEnvironment,
  Stack,
  StackDriver,
} from './contracts.ts';
import { messageOf, NotRestored } from './errors.ts';
import { type LookedUp, lookUpMissing } from './evidence/archive-lookup.ts';
import { evidenceChecksums } from './evidence/checksums.ts';
import { GaugeSampler } from './evidence/gauges.ts';
import { LedgerGatherer } from './evidence/ledger.ts';
import type { Sampling } from './evidence/sampler/config.ts';
import { Timeline } from './evidence/timeline.ts';
import { EvidenceWriter } from './evidence/writer.ts';
import type { FaultTimes } from './fault-schedule.ts';
import { type Gathered, gather } from './gather.ts';
import { plan, requestsOf, segments } from './load/plan.ts';
import { measuredSeconds } from './phases.ts';
import { proxiedPipelineEdges } from './pipeline.ts';
import { configurationNames, type Given, howOf } from './provenance.ts';
import { writeRunRecord } from './run-folder.ts';
import { type LoadOutcome, phaseOf, sendLoad } from './send-load.ts';

/** Services flush and stop one group after the other, each part with a deadline of its own; this bounds them all. */
const STOP_DEADLINE_MS = 120_000;

/** A last scrape of the Collector may be under way. */
const SAMPLING_DEADLINE_MS = 5000;

export interface RunOrder {
  /** Validated. */
  readonly scenario: Scenario;
  readonly name: string;
  readonly id: string;
  readonly started: Date;
  readonly seed: number;
  /** Made by createRunFolder. */
  readonly runFolder: string;
  readonly applyFaults: boolean;
  readonly collectorConfig: string;
  readonly jaegerConfig: string;
  readonly portBase?: number;
  /** Extra environment by service: of the build, the scenario, and what the user gave. */
  readonly environment: ServiceEnvironment;
  readonly build?: BuildRecord;
  readonly given: Given;
  readonly stackDriver: StackDriver;
  loadDriver(stack: Stack): LoadDriver;
  /** Versions of tools that the stack does not know of. */
  readonly tools: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly observer: {
    message(text: string): void;
    record(record: LoadRecord): void;
    phases(phases: readonly Phase[]): void;
    loadEnded(): void;
  };
}

/**
 * Conducts a run: stack up, load and faults on the timeline, settle, gather, stack down. Leaves the evidence and
 * run.json in the run's folder; judges nothing. A part that dies cuts the run short and its record says so. Rejects, with everything
 * stopped and reverted, when the stack does not come up or `signal` aborts; with NotRestored when that did not succeed.
 */
export async function conduct(order: RunOrder): Promise<RunRecord> {
  const { runFolder, observer } = order;
  const sampling = await checkConfigurations(order, order.scenario.configuration);
  const configuration = {
    collectorConfig: join(runFolder, 'configuration', 'collector.yaml'),
    jaegerConfig: join(runFolder, 'configuration', 'jaeger.yaml'),
  };
  const { collector, jaeger } = order.scenario.configuration ?? {};
  await copyChanged(order.collectorConfig, configuration.collectorConfig, collector);
  await copyChanged(order.jaegerConfig, configuration.jaegerConfig, jaeger);
  const how = await howOf(order.given, order.applyFaults, configuration);
  const timeline = new Timeline(runFolder);
  const stack = await order.stackDriver.start({
    system: order.scenario.system,
    seed: order.seed,
    runFolder,
    ...configuration,
    configurationNames: configurationNames(order.given, order),
    ...(order.portBase === undefined ? {} : { portBase: order.portBase }),
    environment: order.environment,
    pipelineEdges: proxiedPipelineEdges(order.scenario),
    signal: order.signal,
    onProgress: (message) => observer.message(message),
  });
  timeline.add('stack', 'all', 'ready');
  const cleanup = new Cleanup();
  const stopProblems: string[] = [];
  cleanup.register(
    'stop the stack',
    async () => {
      stopProblems.push(...(await stack.stop()));
    },
    STOP_DEADLINE_MS,
  );
  let evidence: EvidenceWriter | undefined;
  try {
    evidence = await EvidenceWriter.create(runFolder);
    const run = await loadAndGather(order, { stack, cleanup, evidence, timeline, sampling });
    const lookup = await lookUp(order, stack, run);
    const cleanupProblems = [...(await cleanup.run()), ...stopProblems];
    timeline.add('cleanup', 'all', cleanupProblems.length === 0 ? 'done' : 'failed', {
      problems: cleanupProblems,
    });
    await timeline.save(evidence);
    const record = {
      ...run,
      how,
      evidence: await evidenceChecksums(runFolder),
      doubts: [...run.doubts, ...lookup.doubts],
      notes: [...run.notes, ...lookup.notes],
      cleanupProblems,
    };
    await writeRunRecord(runFolder, record);
    return record;
  } catch (thrown) {
    // Whatever waits says in its own way that it was stopped.
    const error: unknown = order.signal.aborted ? order.signal.reason : thrown;
    const problems = [...(await cleanup.run()), ...stopProblems];
    throw problems.length > 0 ? new NotRestored(problems, error) : error;
  } finally {
    evidence?.close();
  }
}

/** Looks for traces that the archive's search left out; when that fails, the rest of the evidence still stands. */
async function lookUp(
  { runFolder, signal }: RunOrder,
  { jaegerUrl }: Stack,
  run: RunRecord,
): Promise<Pick<RunRecord, 'doubts' | 'notes'>> {
  try {
    const found = await lookUpMissing(runFolder, run, { jaegerUrl, signal });
    return {
      doubts: found.doubts.map((what) => ({ source: 'archive', what })),
      notes: [...lookupNotes(found)],
    };
  } catch (error) {
    signal.throwIfAborted();
    const what = `traces that its search did not answer could not be asked for by id: ${messageOf(error)}`;
    return { doubts: [{ source: 'archive', what }], notes: [] };
  }
}

function* lookupNotes({ missing, asked, beyondSearch }: LookedUp): Generator<string> {
  if (beyondSearch.length > 0)
    yield `${beyondSearch.length} traces were answered by the archive by their id only, its search had left them out`;
  else if (asked < missing)
    yield `of ${missing} traces that the archive's search did not answer, ${asked} taken by chance were asked for by id: none is there`;
}

interface Running {
  readonly stack: Stack;
  readonly cleanup: Cleanup;
  readonly evidence: EvidenceWriter;
  readonly timeline: Timeline;
  readonly sampling: Sampling;
}

async function loadAndGather(order: RunOrder, running: Running): Promise<RunRecord> {
  const { scenario, observer } = order;
  const { stack, cleanup, evidence, timeline, sampling } = running;
  const driver = order.loadDriver(stack);
  const parts = segments(scenario.load.rate, scenario.phases.warmupS, measuredSeconds(scenario.phases));
  const ledger = await LedgerGatherer.create(evidence);
  planAll(order, parts, ledger);
  const gauges = await GaugeSampler.start(evidence, stack);
  cleanup.register('stop sampling', () => gauges.halt(), SAMPLING_DEADLINE_MS);
  const death = watchDeaths(stack, timeline);
  const fromUs = nowUs();
  let phases: readonly Phase[] = [];
  const load = await sendLoad({
    scenario,
    seed: order.seed,
    segments: parts,
    applyFaults: order.applyFaults,
    driver,
    baseUrl: stack.entryUrl,
    proxies: stack.proxies,
    controls: marked(stack.controls, timeline),
    folder: order.runFolder,
    cleanup,
    signal: AbortSignal.any([order.signal, death.signal]),
    mark: (kind, name, event, detail) => timeline.add(kind, name, event, detail),
    onRecord: (record) => {
      ledger.record(record);
      observer.record(record);
    },
    onProcess: (part, pid) => gauges.watch(part, pid),
    onPhases: (known) => {
      phases = known;
      observer.phases(known);
    },
  }).catch((error: unknown): { problem: NonNullable<RunRecord['problem']> } => {
    order.signal.throwIfAborted();
    return { problem: death.problem() ?? driverProblem(driver, error) };
  });
  observer.loadEnded();
  const problem = 'problem' in load ? load.problem : undefined;
  if (problem) observer.message(`the run is cut short: ${problem.message}`);
  const gathered = await gather({
    system: scenario.system,
    stack,
    evidence,
    ledger,
    gauges,
    sampling,
    fromUs,
    untilUs: nowUs(),
    cutShort: problem?.message,
    signal: order.signal,
    message: (text) => observer.message(text),
  });
  const outcome: LoadOutcome = 'problem' in load ? { phases, faultTimes: [] } : load;
  // A part may also have died after the load, while the evidence was gathered.
  return runRecord(order, stack, driver, { parts, outcome, gathered, problem: problem ?? death.problem() });
}

/** The parts as a fault acts on them, with what becomes of them on the timeline. */
function marked(
  controls: ReadonlyMap<string, PartControl>,
  timeline: Timeline,
): ReadonlyMap<string, PartControl> {
  return new Map(
    [...controls].map(([name, part]) => [
      name,
      {
        ...part,
        end: async (how) => {
          // Before it is done: what the part held is in danger from here on.
          timeline.add('part', name, 'ending', { how });
          await part.end(how);
          timeline.add('part', name, 'ended', { how });
        },
        start: async () => {
          timeline.add('part', name, 'starting');
          await part.start();
          timeline.add('part', name, 'started');
        },
      } satisfies PartControl,
    ]),
  );
}

function planAll({ seed, scenario }: RunOrder, parts: readonly Segment[], ledger: LedgerGatherer): void {
  for (const segment of parts) {
    for (const request of plan(seed, scenario.system.traffic, segment))
      ledger.plan(request, phaseOf(scenario, segment, request));
  }
}

function watchDeaths(
  stack: Stack,
  timeline: Timeline,
): { readonly signal: AbortSignal; problem(): RunRecord['problem'] } {
  const controller = new AbortController();
  let first: PartDeath | undefined;
  stack.onDeath((death) => {
    timeline.add('part', death.part.name, 'died', { how: death.how });
    first ??= death;
    controller.abort(new Error(deathMessage(death)));
  });
  return {
    signal: controller.signal,
    problem: () =>
      first && {
        part: first.part.name,
        partKind: first.part.kind,
        message: deathMessage(first),
        logTail: first.logTail,
      },
  };
}

function deathMessage({ part, how }: PartDeath): string {
  return `${part.name} died: ${how}`;
}

function driverProblem(driver: LoadDriver, error: unknown): NonNullable<RunRecord['problem']> {
  return { part: driver.id, partKind: 'load', message: `the load failed: ${messageOf(error)}`, logTail: '' };
}

function runRecord(
  order: RunOrder,
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
    system: {
      name: system.name,
      entry: system.entry,
      services: Object.fromEntries(
        Object.entries(system.services).map(([name, { kind, criticality }]) => [name, { kind, criticality }]),
      ),
      edges: system.edges,
      promises: system.promises,
      routes: system.traffic.map(({ id }) => id),
      protections: (system.mitigations ?? []).flatMap(({ id, protects = [] }) =>
        protects.map((each) => ({ mitigation: id, ...each })),
      ),
    },
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
