import type { Scenario, ServiceEnvironment, System } from './contracts.ts';
import { UserError } from './errors.ts';
import { measuredSeconds } from './phases.ts';
import { PIPELINE_EDGES, PIPELINE_PARTS, pipelineEdge } from './pipeline.ts';

/** Requests in one run at most: what a desk machine's disk holds comfortably as evidence. */
const MAX_REQUESTS = 5_000_000;

/** What time-outs and breakers need to show themselves, in each phase around the fault. */
const LEAST_PHASE_S = 8;

/** A baseline that follows a fault is compared when the fault's aftermath is over, for which assertions grant 5 s. */
const LEAST_BASELINE_BETWEEN_S = 10;

const MAX_BLOCKS = 100;

/** Checks a scenario whole before anything starts; throws one UserError with all that is wrong, each with its place. */
export function validate(scenario: Scenario, name: string): void {
  const problems = [...systemProblems(scenario.system), ...scenarioProblems(scenario)];
  if (problems.length > 0) {
    throw new UserError(
      [
        `scenario '${name}' cannot run, ${problems.length} thing(s) to mend:`,
        ...problems.map((problem) => `  - ${problem}`),
      ].join('\n'),
    );
  }
}

/** What may run and yet not give what one expects of it, a sentence each. */
export function warnings({ phases, faults, assertions }: Scenario): readonly string[] {
  if (faults.length === 0) return [];
  const measured = { baseline: phases.baselineS, fault: phases.faultS, recovery: phases.recoveryS };
  const tooShort = assertions.flatMap(({ title, leastSeconds = {} }) =>
    Object.entries(measured).flatMap(([name, seconds]) => {
      const least = leastSeconds[name as keyof typeof measured] ?? 0;
      return seconds < least
        ? [`${name} ${seconds} s: '${title}' needs ${least} s and will be inconclusive`]
        : [];
    }),
  );
  const short = Object.entries(measured).filter(([, seconds]) => seconds < LEAST_PHASE_S);
  const list = short.map(([name, seconds]) => `${name} ${seconds} s`).join(', ');
  return [
    ...tooShort,
    ...(short.length === 0
      ? []
      : [`${list}: phases below ${LEAST_PHASE_S} s leave some checks inconclusive`]),
    ...((phases.blocks ?? 1) > 1 && phases.baselineS < LEAST_BASELINE_BETWEEN_S
      ? [
          `baseline ${phases.baselineS} s: with several blocks one below ${LEAST_BASELINE_BETWEEN_S} s leaves comparisons inconclusive`,
        ]
      : []),
  ];
}

function* scenarioProblems(scenario: Scenario): Generator<string> {
  const { load, phases, faults, assertions, system, environment = {} } = scenario;
  if (!Number.isInteger(load.rate) || load.rate < 1 || load.rate > 100_000)
    yield `load.rate is ${load.rate}; allowed: a whole number of requests per second, 1 to 100000`;
  if (!(load.timeoutMs >= 100 && load.timeoutMs <= 600_000))
    yield `load.timeoutMs is ${load.timeoutMs}; allowed: 100 to 600000`;
  const { blocks = 1, ...lengths } = phases;
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > MAX_BLOCKS)
    yield `phases.blocks is ${blocks}; allowed: a whole number, 1 to ${MAX_BLOCKS}`;
  for (const [phase, seconds] of Object.entries(lengths)) {
    const least = phase === 'warmupS' ? 0 : 1;
    if (!(seconds >= least && seconds <= 86_400))
      yield `phases.${phase} is ${seconds}; allowed: ${least} to 86400 seconds`;
  }
  const total = (phases.warmupS + measuredSeconds(phases)) * load.rate;
  if (total > MAX_REQUESTS)
    yield `rate x length is ${total} requests; allowed: at most ${MAX_REQUESTS}. Lower the rate, or make the phases shorter or the blocks fewer`;
  const edges = [...system.edges, ...PIPELINE_EDGES].map((edge) => edge.id);
  const parts: readonly string[] = PIPELINE_PARTS;
  for (const [index, { on, fault, from = 0, until = 1 }] of faults.entries()) {
    if (fault.acts === 'part' ? !parts.includes(on) : !edges.includes(on))
      yield fault.acts === 'part'
        ? `faults[${index}].on is '${on}', which is no part that ${fault.id} can act on. There are: ${parts.join(', ')}`
        : `faults[${index}].on is '${on}', which is no edge of ${system.name}. There are: ${edges.join(', ')}`;
    if (!(from >= 0 && from < until && until <= 1))
      yield `faults[${index}] lasts from ${from} to ${until} of the fault phase; allowed: shares of it, 0 to 1`;
  }
  yield* unknownServices(system, 'environment', environment);
  if (assertions.length === 0) yield 'assertions is empty; a run that checks nothing cannot pass';
  for (const id of duplicates(assertions.map((assertion) => assertion.id)))
    yield `assertions has '${id}' twice; list it once`;
}

function* systemProblems(system: System): Generator<string> {
  const services = Object.keys(system.services);
  const among = `There are: ${services.join(', ')}`;
  if (!services.includes(system.entry))
    yield `system.entry is '${system.entry}', which is no service. ${among}`;
  for (const { id, from, to } of system.edges) {
    if (pipelineEdge(id)) yield `edge '${id}' has a name of the tracing pipeline; give it another one`;
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
      yield `edge '${id}': an id is lower-case words joined by hyphens`;
    if (!services.includes(from)) yield `edge '${id}' starts at '${from}', which is no service. ${among}`;
    if (to === 'database' ? !system.database : !services.includes(to))
      yield `edge '${id}' leads to '${to}', which is no service${to === 'database' ? ' and no database is declared' : ''}. ${among}`;
  }
  for (const { id, timeoutMs = 1, connections = 1 } of system.edges) {
    if (!(timeoutMs > 0)) yield `edge '${id}' has a time-out of ${timeoutMs} ms; allowed: more than 0`;
    if (!(connections >= 1)) yield `edge '${id}' has ${connections} connections; allowed: 1 or more`;
  }
  for (const id of duplicates(system.edges.map((edge) => edge.id))) yield `edge '${id}' is declared twice`;
  if (system.traffic.length === 0) yield 'system.traffic is empty; nothing could be sent';
  for (const { id, weight } of system.traffic) {
    if (!/^[a-z0-9-]+$/.test(id)) yield `route '${id}': an id is lower-case letters, digits and hyphens`;
    if (!(weight > 0)) yield `route '${id}' has weight ${weight}; allowed: more than 0`;
  }
  for (const { id, keepPercent } of system.promises) {
    if (!(keepPercent >= 0 && keepPercent <= 100))
      yield `promise '${id}' keeps ${keepPercent} %; allowed: 0 to 100`;
  }
  yield* mitigationProblems(system);
  if (system.promises.at(-1)?.when.kind !== 'any')
    yield `the last of system.promises must apply to any trace (when: { kind: 'any' })`;
}

function* mitigationProblems(system: System): Generator<string> {
  const { builds = [], mitigations = [] } = system;
  const ids = mitigations.map(({ id }) => id);
  for (const { id, off } of mitigations) yield* unknownServices(system, `mitigation '${id}'`, off);
  yield* protectionProblems(system);
  for (const id of duplicates(ids)) yield `mitigation '${id}' is declared twice`;
  for (const id of duplicates(builds.map((build) => build.id))) yield `build '${id}' is declared twice`;
  for (const build of builds) {
    for (const id of build.mitigations.filter((each) => !ids.includes(each)))
      yield `build '${build.id}' has '${id}', which is no mitigation. There are: ${ids.join(', ')}`;
  }
}

function* protectionProblems({ mitigations = [], edges, traffic }: System): Generator<string> {
  const edgeIds = edges.map(({ id }) => id);
  const routeIds = traffic.map(({ id }) => id);
  for (const { id, protects = [] } of mitigations) {
    for (const { edge, timeout, standIn } of protects) {
      if (!edgeIds.includes(edge))
        yield `mitigation '${id}' protects '${edge}', which is no edge of the system. There are: ${edgeIds.join(', ')}`;
      if (timeout && edges.every((each) => each.id !== edge || each.timeoutMs === undefined))
        yield `mitigation '${id}' is the time-out of '${edge}', which has none: give the edge a timeoutMs`;
      for (const route of (standIn?.routes ?? []).filter((each) => !routeIds.includes(each)))
        yield `mitigation '${id}' stands in for '${route}', which is no route. There are: ${routeIds.join(', ')}`;
    }
  }
}

function* unknownServices(system: System, where: string, environment: ServiceEnvironment): Generator<string> {
  const services = Object.keys(system.services);
  for (const name of Object.keys(environment).filter((each) => !services.includes(each)))
    yield `${where} is for '${name}', which is no service. There are: ${services.join(', ')}`;
}

function duplicates(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
