import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from './cleanup.ts';
import { nowUs } from './clock.ts';
import { readChanged } from './configuration-changes.ts';
import { checkConfigurations } from './configurations.ts';
import type {
  LoadDriver,
  LoadRecord,
  Phase,
  RunRecord,
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
import { gather } from './gather.ts';
import { plan, segments } from './load/plan.ts';
import { marked, watchDeaths } from './part-events.ts';
import { measuredSeconds } from './phases.ts';
import { proxiedPipelineEdges } from './pipeline.ts';
import { configurationNames, type Given, howOf } from './provenance.ts';
import { writeRunRecord } from './run-folder.ts';
import { type OrderedRun, runRecord } from './run-record.ts';
import { type LoadOutcome, phaseOf, sendLoad } from './send-load.ts';

/** Services flush and stop one group after the other, each part with a deadline of its own; this bounds them all. */
const STOP_DEADLINE_MS = 120_000;

/** A last scrape of the Collector may be under way. */
const SAMPLING_DEADLINE_MS = 5000;

export interface RunOrder extends OrderedRun {
  /** Made by createRunFolder. */
  readonly runFolder: string;
  readonly applyFaults: boolean;
  readonly collectorConfig: string;
  readonly jaegerConfig: string;
  readonly portBase?: number;
  /** Extra environment by service: of the build, the scenario, and what the user gave. */
  readonly environment: ServiceEnvironment;
  readonly given: Given;
  readonly stackDriver: StackDriver;
  loadDriver(stack: Stack): LoadDriver;
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
  await writeFile(configuration.collectorConfig, await readChanged(order.collectorConfig, collector));
  await writeFile(configuration.jaegerConfig, await readChanged(order.jaegerConfig, jaeger));
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
      doubts: found.searchLimits.map((what) => ({ source: 'archive', what, searchLimit: true })),
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

function planAll({ seed, scenario }: RunOrder, parts: readonly Segment[], ledger: LedgerGatherer): void {
  for (const segment of parts) {
    for (const request of plan(seed, scenario.system.traffic, segment))
      ledger.plan(request, phaseOf(scenario, segment, request));
  }
}

function driverProblem(driver: LoadDriver, error: unknown): NonNullable<RunRecord['problem']> {
  return { part: driver.id, partKind: 'load', message: `the load failed: ${messageOf(error)}`, logTail: '' };
}
