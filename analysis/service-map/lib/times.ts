import type { Evidence } from '../../../harness/contracts.ts';

export interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** The measured time of a run, the warm-up left out. */
export interface MeasuredTime extends Stretch {
  /** Stretches in which a fault was in force, in order, none touching the next. */
  readonly faulty: readonly Stretch[];
  readonly calmS: number;
  readonly faultS: number;
}

export function measuredTime({ run, faults }: Evidence): MeasuredTime {
  const phases = run.phases.filter(({ name }) => name !== 'warmup');
  const fromUs = Math.min(...phases.map(({ startUs }) => startUs));
  const untilUs = Math.max(...phases.map(({ endUs }) => endUs));
  if (phases.length === 0) return { fromUs: 0, untilUs: 0, faulty: [], calmS: 0, faultS: 0 };
  const faulty = joined(faults.flatMap(({ window }) => (window ? [window] : [])));
  const faultUs = faulty.reduce((sum, each) => sum + within(each, fromUs, untilUs), 0);
  return { fromUs, untilUs, faulty, calmS: (untilUs - fromUs - faultUs) / 1e6, faultS: faultUs / 1e6 };
}

function joined(windows: readonly Stretch[]): readonly Stretch[] {
  const result: Stretch[] = [];
  for (const { fromUs, untilUs } of windows.toSorted((a, b) => a.fromUs - b.fromUs)) {
    const last = result.at(-1);
    if (last && fromUs <= last.untilUs)
      result[result.length - 1] = { fromUs: last.fromUs, untilUs: Math.max(last.untilUs, untilUs) };
    else result.push({ fromUs, untilUs });
  }
  return result;
}

function within({ fromUs, untilUs }: Stretch, startUs: number, endUs: number): number {
  return Math.max(0, Math.min(untilUs, endUs) - Math.max(fromUs, startUs));
}

/** An SQL condition on an instant: a fault was in force. */
export function isFaulty(instant: string, { faulty }: MeasuredTime): string {
  const each = faulty.map(({ fromUs, untilUs }) => `${instant} BETWEEN ${fromUs} AND ${untilUs}`);
  return each.length === 0 ? 'false' : `(${each.join(' OR ')})`;
}
