/** What a Collector's configuration does to the traces that it passes on to the tracing backend. */
import { parse } from 'yaml';
import { messageOf, UserError } from '../../errors.ts';
import { type Configuration, pipelinesToArchive } from './pipelines.ts';
import { type Policy, readPolicies } from './policies.ts';
import { substitute } from './substitute.ts';

export interface Sampling {
  /** Id of the tail_sampling processor, e.g. `tail_sampling`; null when no pipeline to the backend has one. */
  readonly processor: string | null;
  /** Seconds from a trace's first span to its decision; 0 without a sampler. */
  readonly decisionWaitS: number;
  /** Traces that the sampler holds at most. */
  readonly numTraces: number;
  readonly policies: readonly Policy[];
  /** What of the prediction is not exact, and why. */
  readonly warnings: readonly string[];
}

/** The processor's own defaults, from its factory. */
const DEFAULTS = { decisionWaitS: 30, numTraces: 50_000 };

/** Processors that neither drop traces nor change what the sampler sees. */
const NEUTRAL = new Set(['batch', 'memory_limiter', 'tail_sampling']);

/**
 * Reads a Collector configuration.
 * @param text the YAML
 * @param environment replaces `${env:NAME}`, `${env:NAME:-default}` and `${NAME}`
 * @throws UserError when it is no YAML or no Collector configuration
 */
export function readSampling(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Sampling {
  const configuration = readConfiguration(text, environment);
  const warnings: string[] = [];
  const pipelines = pipelinesToArchive(configuration);
  if (pipelines.length === 0)
    throw new UserError(
      'collector configuration: no pipeline of traces leads to an otlp or otlphttp exporter',
    );
  const sampled = pipelines.filter((pipeline) => pipeline.processors.some(isTailSampling));
  const bypass = pipelines.find((pipeline) => !pipeline.processors.some(isTailSampling));
  for (const pipeline of pipelines) {
    for (const id of pipeline.processors.filter((processor) => !NEUTRAL.has(typeOf(processor)))) {
      warnings.push(`pipeline ${pipeline.id}: what processor ${id} does to the traces is not predicted`);
    }
  }
  if (bypass !== undefined) {
    if (sampled.length > 0) {
      warnings.push(
        `pipeline ${bypass.id} passes every trace on to the backend, whatever tail sampling decides`,
      );
    }
    const always: Policy = {
      name: `no sampling in pipeline ${bypass.id}`,
      drop: false,
      condition: { kind: 'always' },
    };
    return { processor: null, decisionWaitS: 0, numTraces: 0, policies: [always], warnings };
  }
  const ids = [...new Set(sampled.flatMap((pipeline) => pipeline.processors.filter(isTailSampling)))];
  const [id] = ids;
  if (id === undefined) throw new UserError('collector configuration: no tail_sampling processor');
  if (ids.length > 1)
    warnings.push(`several tail_sampling processors (${ids.join(', ')}): only ${id} is predicted`);
  return readProcessor(id, configuration.processors?.[id] ?? {}, warnings);
}

function readProcessor(
  id: string,
  settings: Readonly<Record<string, unknown>>,
  warnings: string[],
): Sampling {
  const strategy = settings['sampling_strategy'] ?? 'trace-complete';
  let policies = readPolicies(settings['policies'], warnings);
  if (strategy !== 'trace-complete') {
    warnings.push(`processor ${id}: sampling_strategy ${String(strategy)} is not predicted`);
    policies = policies.map((policy) => ({
      ...policy,
      condition: { kind: 'unknown', type: String(strategy) },
    }));
  }
  if (Number(settings['maximum_trace_size_bytes'] ?? 0) > 0) {
    warnings.push(`processor ${id}: what maximum_trace_size_bytes drops is not predicted`);
  }
  return {
    processor: id,
    decisionWaitS: durationS(settings['decision_wait']) ?? DEFAULTS.decisionWaitS,
    numTraces: Number(settings['num_traces'] ?? DEFAULTS.numTraces),
    policies,
    warnings,
  };
}

function readConfiguration(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  let document: unknown;
  try {
    document = substitute(parse(text), environment);
  } catch (error) {
    throw new UserError(`collector configuration: not readable as YAML: ${messageOf(error)}`);
  }
  if (typeof document !== 'object' || document === null || !('service' in document)) {
    throw new UserError('collector configuration: the section `service` with its pipelines is missing');
  }
  return document as Configuration;
}

function isTailSampling(id: string): boolean {
  return typeOf(id) === 'tail_sampling';
}

function typeOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/** Seconds of a Go duration such as `10s` or `1m30s`; undefined when it is none. */
export function durationS(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^([\d.]+(h|ms|us|µs|ns|m|s))+$/.test(value)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of value.matchAll(/([\d.]+)(h|ms|us|µs|ns|m|s)/g)) {
    seconds += Number(number) * (UNITS[unit ?? ''] ?? Number.NaN);
  }
  return seconds;
}
