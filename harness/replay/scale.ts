/** The waits and rates of a Collector configuration, made to fit a replay that is faster than what was recorded. */
import { UserError } from '../errors.ts';
import { durationS } from '../evidence/sampler/processor.ts';
import { substitute } from '../evidence/sampler/substitute.ts';

type Environment = Readonly<Record<string, string>>;
export type Section = Record<string, unknown>;

export interface Scaling {
  readonly speed: number;
  readonly environment: Environment;
  /** Told what was changed, a phrase each: `decision_wait 10s -> 1s`. */
  note(text: string): void;
}

/** The sampler looks once a second and counts its waits in whole seconds. */
const TICK_S = 1;
/** The defaults of the processors' factories, v0.161.0, which have to be scaled as well. */
const DECISION_WAIT_S = 30;
const BATCH_TIMEOUT_S = 0.2;

/**
 * Changes the settings of a tail_sampling processor in place: waits divided by the speed, rates multiplied. Sizes stay, for
 * as many traces wait as before; thresholds of durations stay, for the spans keep their times.
 * @throws UserError for a speed at which the wait would be less than the second that the sampler counts in
 */
export function scaleSampler(id: string, settings: Section, scaling: Scaling): void {
  const { speed, note } = scaling;
  if (speed === 1) return;
  const waitS = secondsOf(settings['decision_wait'], scaling) ?? DECISION_WAIT_S;
  if (waitS / speed < TICK_S)
    throw new UserError(
      `--speed ${speed} is too fast: ${id} waits ${waitS} s, and counts in whole seconds. Allowed: up to ${Math.max(1, Math.floor(waitS / TICK_S))}.`,
    );
  // Rounded up: a trace that was complete at its decision is complete in the replay too.
  const scaledS = Math.ceil(waitS / speed);
  settings['decision_wait'] = `${scaledS}s`;
  note(
    `${id}: decision_wait ${waitS} s -> ${scaledS} s${scaledS * speed > waitS ? ` (${scaledS * speed} s of the recording)` : ''}`,
  );
  const afterRootS = secondsOf(settings['decision_wait_after_root_received'], scaling);
  if (afterRootS) {
    const scaled = Math.max(1, Math.ceil(afterRootS / speed));
    settings['decision_wait_after_root_received'] = `${scaled}s`;
    note(`${id}: decision_wait_after_root_received ${afterRootS} s -> ${scaled} s`);
  }
  scaleRate(settings, 'expected_new_traces_per_sec', scaling, id);
  for (const policy of policiesIn(settings['policies'])) {
    const name = `${id}: policy ${String(policy['name'])}`;
    scaleRate(sectionOf(policy['rate_limiting']), 'spans_per_second', scaling, name);
    scaleRate(sectionOf(policy['bytes_limiting']), 'bytes_per_second', scaling, name);
    scaleRate(sectionOf(policy['composite']), 'max_total_spans_per_second', scaling, name);
  }
}

/** The time-out of a batch processor, in place. */
export function scaleBatch(id: string, settings: Section, scaling: Scaling): void {
  scaleTime(settings, 'timeout', BATCH_TIMEOUT_S, scaling, id);
}

/** How long an exporter's queue gathers a batch, in place. */
export function scaleQueue(id: string, queue: Section | undefined, scaling: Scaling): void {
  const batch = sectionOf(queue?.['batch']);
  if (batch && 'flush_timeout' in batch) scaleTime(batch, 'flush_timeout', BATCH_TIMEOUT_S, scaling, id);
}

function scaleTime(settings: Section, key: string, defaultS: number, scaling: Scaling, id: string): void {
  if (scaling.speed === 1) return;
  const valueS = secondsOf(settings[key], scaling) ?? defaultS;
  if (valueS === 0) return;
  const scaledMs = Math.max(1, Math.round((valueS * 1000) / scaling.speed));
  settings[key] = `${scaledMs}ms`;
  scaling.note(`${id}: ${key} ${valueS * 1000} ms -> ${scaledMs} ms`);
}

function scaleRate(settings: Section | undefined, key: string, scaling: Scaling, id: string): void {
  const value = Number(substitute(settings?.[key], scaling.environment) ?? 0);
  if (!settings || !(value > 0)) return;
  settings[key] = Math.round(value * scaling.speed);
  scaling.note(`${id}: ${key} ${value} -> ${settings[key]}`);
}

function secondsOf(value: unknown, { environment }: Scaling): number | undefined {
  return durationS(substitute(value, environment));
}

/** All policies and sub-policies: every section that has a `type`, however deep. */
function* policiesIn(node: unknown): Generator<Section> {
  if (Array.isArray(node)) for (const item of node) yield* policiesIn(item);
  const section = sectionOf(node);
  if (!section) return;
  if ('type' in section) yield section;
  for (const value of Object.values(section)) yield* policiesIn(value);
}

/** The value as a section that can be changed; undefined when it is none. */
export function sectionOf(value: unknown): Section | undefined {
  return isSection(value) ? value : undefined;
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
