/** What a Collector's configuration does to the traces that it passes on to the tracing backend. */
import { parse } from 'yaml';
import { messageOf, UserError } from '../../errors.ts';
import { type Environment, expand, Unresolved } from './expand.ts';
import { goNanoseconds } from './go-duration.ts';
import { type Configuration, pipelinesToArchive } from './pipelines.ts';
import { type Policy, readPolicies } from './policies.ts';
import { CannotPredict, type Settings, text as textOf, whole } from './settings.ts';
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
 * @param environment what the Collector got, for `${env:NAME}`, `${env:NAME:-default}` and `${NAME}`; undefined when
 * nobody knows it: then defaults are taken, with a warning
 * @throws UserError when it is no YAML or no Collector configuration
 */
export function readSampling(text: string, environment?: Environment): Sampling {
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
  return readProcessor(id, configuration.processors?.[id] ?? {}, environment, warnings);
}

function readProcessor(
  id: string,
  node: unknown,
  environment: Environment | undefined,
  warnings: string[],
): Sampling {
  const guessed = new Set<string>();
  const settings = expand(node, { environment, onGuess: (name) => guessed.add(name) });
  if (guessed.size > 0)
    warnings.push(
      `processor ${id}: the Collector's environment was not recorded, so the defaults of ${[...guessed].join(', ')} are taken`,
    );
  if (typeof settings !== 'object' || settings === null || settings instanceof Unresolved)
    return { processor: id, ...DEFAULTS, policies: readPolicies(settings, warnings), warnings };
  const get = (key: string): unknown => (settings as Settings)[key];
  const read = <Value>(
    key: string,
    fallback: Value,
    reader: (setting: unknown, what: string) => Value,
  ): Value => {
    if ((get(key) ?? undefined) === undefined) return fallback;
    try {
      return reader(get(key), key);
    } catch (error) {
      if (!(error instanceof CannotPredict)) throw error;
      warnings.push(`processor ${id}: ${error.message}; ${String(fallback)} is assumed`);
      return fallback;
    }
  };
  let policies = readPolicies(get('policies'), warnings, Math.max(1, read('num_shards', 1, whole)));
  const strategy = read('sampling_strategy', 'trace-complete', textOf);
  if (strategy !== 'trace-complete') {
    warnings.push(`processor ${id}: sampling_strategy ${strategy} is not predicted`);
    policies = policies.map((policy) => ({ ...policy, condition: { kind: 'unknown', type: strategy } }));
  }
  if (read('maximum_trace_size_bytes', 0, whole) > 0)
    warnings.push(`processor ${id}: what maximum_trace_size_bytes drops is not predicted`);
  if ((get('decision_wait_after_root_received') ?? undefined) !== undefined)
    warnings.push(
      `processor ${id}: with decision_wait_after_root_received a trace may be decided on before all of its spans are there`,
    );
  return {
    processor: id,
    decisionWaitS: read('decision_wait', DEFAULTS.decisionWaitS, seconds),
    numTraces: read('num_traces', DEFAULTS.numTraces, whole),
    policies,
    warnings,
  };
}

function readConfiguration(text: string, environment: Environment | undefined): Configuration {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new UserError(`collector configuration: not readable as YAML: ${messageOf(error)}`);
  }
  if (typeof document !== 'object' || document === null || !('service' in document)) {
    throw new UserError('collector configuration: the section `service` with its pipelines is missing');
  }
  return { ...document, service: substitute(document.service, environment ?? {}) } as Configuration;
}

function isTailSampling(id: string): boolean {
  return typeOf(id) === 'tail_sampling';
}

function typeOf(id: string): string {
  return id.split('/', 1)[0] ?? id;
}

function seconds(setting: unknown, what: string): number {
  const value = durationS(textOf(setting, what));
  if (value === undefined) throw new CannotPredict(`${what} is no duration`);
  return value;
}

/** Seconds of a Go duration such as `10s` or `1m30s`; undefined when it is none. */
export function durationS(value: unknown): number | undefined {
  const nanoseconds = typeof value === 'string' ? goNanoseconds(value) : undefined;
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9;
}
