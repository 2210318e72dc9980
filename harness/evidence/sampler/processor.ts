/** The settings of one tail_sampling processor. */
import { type Environment, expand, Unresolved } from './expand.ts';
import { goNanoseconds } from './go-duration.ts';
import { type Policy, readPolicies } from './policies.ts';
import { CannotPredict, type Settings, section, text as textOf, whole } from './settings.ts';

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

/**
 * Reads the settings of the processor `id`, as they stand in the configuration. Adds to `warnings` what cannot be
 * predicted, and why.
 */
export function readProcessor(
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
  const of = sectionOrReason(settings, id);
  // Whatever they are, the policies share the reason.
  if (of instanceof Unresolved)
    return { processor: id, ...DEFAULTS, policies: readPolicies(of, warnings), warnings };
  const get = (key: string): unknown => of[key];
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

function sectionOrReason(settings: unknown, id: string): Settings | Unresolved {
  try {
    return section(settings, id);
  } catch (error) {
    if (!(error instanceof CannotPredict)) throw error;
    return settings instanceof Unresolved ? settings : new Unresolved(id, error.message);
  }
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
