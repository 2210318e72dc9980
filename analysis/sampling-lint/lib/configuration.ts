import { type Policy, readPolicy } from './conditions.ts';
import {
  isTailSampling,
  type Pipeline,
  readPipelines,
  type Step,
  typeOf,
  type Way,
  waysToBackend,
} from './pipelines.ts';
import { type Problem, readYaml } from './place.ts';
import { Section } from './section.ts';
import type { Environment, Unset } from './variables.ts';

/** A number or duration with the line that sets it; of the section, when it is the Collector's default. */
export interface Setting {
  readonly value: number;
  readonly line: number;
}

/** A tail_sampling processor on a way to the backend. */
export interface Sampler {
  readonly id: string;
  readonly line: number;
  /** As the processor takes it: whole seconds, at least one. */
  readonly decisionWaitMs: Setting;
  /** Zero: not used. */
  readonly waitAfterRootMs: Setting;
  readonly numTraces: Setting;
  /** Wait for room instead of pushing out the oldest trace. */
  readonly blocksWhenFull: boolean;
  /** Line of `policies`. */
  readonly policiesLine: number;
  readonly policies: readonly Policy[];
}

export interface MemoryLimiter {
  readonly id: string;
  readonly line: number;
  /** Where it begins to refuse spans: limit less spike; undefined when it is a share of the machine's memory. */
  readonly softLimitBytes: number | undefined;
}

/** What the rules read of a Collector configuration. */
export interface Configuration {
  readonly pipelines: readonly Pipeline[];
  readonly pipelinesLine: number;
  readonly ways: readonly Way[];
  readonly samplers: readonly Sampler[];
  readonly memoryLimiters: ReadonlyMap<string, MemoryLimiter>;
  /** Exporter ids with their `routing_key`, of those that have one. */
  readonly routingKeys: ReadonlyMap<string, string>;
  readonly extensions: ReadonlySet<string>;
  readonly unset: readonly Unset[];
}

export type ReadConfiguration =
  | { readonly configuration: Configuration }
  | { readonly problems: readonly Problem[] };

/** Defaults of tailsamplingprocessor v0.161.0, factory.go. */
const DEFAULTS = { decisionWaitMs: 30_000, numTraces: 50_000 };

const MIB = 1_048_576;

/** Reads a Collector configuration; all that makes it none is told at once, each with its line. */
export function readConfiguration(text: string, environment: Environment = {}): ReadConfiguration {
  const { root, problems: found, unset } = readYaml(text, environment);
  const problems = [...found];
  if (problems.length > 0) return { problems };
  const top = new Section(root, '', 1, problems);
  const pipelinesSection = top.child('service').child('pipelines');
  const pipelines = readPipelines(pipelinesSection);
  const named = (key: string) => new Map(top.child(key).children());
  const [processors, exporters, connectors] = [named('processors'), named('exporters'), named('connectors')];
  const ways = waysToBackend(pipelines, new Set(connectors.keys()));
  for (const { id, line, pipeline } of pipelines.flatMap((each) => each.processors))
    if (!processors.has(id))
      problems.push({ line, text: `pipeline ${pipeline} uses ${id}, which is not under processors` });
  if (pipelines.length === 0)
    problems.push({
      line: pipelinesSection.line,
      text: 'there is no pipeline of traces under service.pipelines',
    });
  else if (ways.length === 0)
    problems.push({
      line: pipelinesSection.line,
      text: 'no pipeline of traces leads to a backend: each ends in file, debug or nowhere',
    });
  const steps = unique(ways.flatMap((way) => way.processors));
  const sectionsOf = (isWanted: (step: Step) => boolean) =>
    steps.filter(isWanted).flatMap(({ id }) => {
      const section = processors.get(id);
      return section ? [[id, section] as const] : [];
    });
  const configuration: Configuration = {
    pipelines,
    pipelinesLine: pipelinesSection.line,
    ways,
    samplers: sectionsOf(isTailSampling).map(([id, section]) => readSampler(id, section)),
    memoryLimiters: new Map(
      sectionsOf(({ id }) => typeOf(id) === 'memory_limiter').map(([id, section]) => [
        id,
        limiter(id, section),
      ]),
    ),
    routingKeys: new Map(
      [...exporters].flatMap(([id, section]) => {
        const key = section.has('routing_key') ? section.text('routing_key') : undefined;
        return key === undefined ? [] : [[id, key] as const];
      }),
    ),
    extensions: new Set(named('extensions').keys()),
    unset,
  };
  return problems.length > 0 ? { problems } : { configuration };
}

function readSampler(id: string, section: Section): Sampler {
  const waitMs = section.durationMs('decision_wait') ?? DEFAULTS.decisionWaitMs;
  return {
    id,
    line: section.line,
    decisionWaitMs: {
      value: Math.max(1, Math.floor(waitMs / 1000)) * 1000,
      line: section.lineOf('decision_wait'),
    },
    waitAfterRootMs: {
      value: section.durationMs('decision_wait_after_root_received') ?? 0,
      line: section.lineOf('decision_wait_after_root_received'),
    },
    numTraces: {
      value: section.number('num_traces') ?? DEFAULTS.numTraces,
      line: section.lineOf('num_traces'),
    },
    blocksWhenFull: section.boolean('block_on_overflow') ?? false,
    policiesLine: section.lineOf('policies'),
    policies: section.sections('policies').map(readPolicy),
  };
}

function limiter(id: string, section: Section): MemoryLimiter {
  const limit = section.number('limit_mib') ?? 0;
  // A spike limit that is not given is a fifth of the limit.
  const spike = section.number('spike_limit_mib') || limit / 5;
  return {
    id,
    line: section.has('limit_mib') ? section.lineOf('limit_mib') : section.line,
    softLimitBytes: limit > 0 ? (limit - spike) * MIB : undefined,
  };
}

function unique(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step, index) => steps.findIndex(({ id }) => id === step.id) === index);
}
