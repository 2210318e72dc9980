import { type Stretch, saturatedStretches } from '../../analysis/machine-use.ts';
import type { Evidence } from '../../harness/contracts.ts';

/** What has piled up while the machine was saturated is answered within a second more. */
const DRAIN_US = 1_000_000;

/** Whether the machine was so busy between two instants that it may be to blame for what was slow then. */
export type WasSaturated = (fromUs: number, untilUs: number) => boolean;

/**
 * Idle share of the machine below which a second counts as saturated, in percent. A queue for two servers of which 95 %
 * are taken makes a request wait for nine times its own work (M/M/2: load² / (1 - load²)).
 */
const LEAST_IDLE_PERCENT = 5;

/** How long the machine was saturated between two instants, with the second after each stretch, in microseconds. */
export type SaturatedUs = (fromUs: number, untilUs: number) => number;

/** How much of a time the machine was saturated for, by the gauges; never, when no gauge says. */
export async function saturatedTime(evidence: Evidence): Promise<SaturatedUs> {
  const stretches = joined(await saturatedStretches(evidence, LEAST_IDLE_PERCENT));
  return (fromUs, untilUs) =>
    stretches.reduce(
      (sum, stretch) =>
        sum + Math.max(0, Math.min(untilUs, stretch.untilUs) - Math.max(fromUs, stretch.fromUs)),
      0,
    );
}

/** The same, where it is enough to know whether it was. */
export async function saturation(evidence: Evidence): Promise<WasSaturated> {
  const saturatedUs = await saturatedTime(evidence);
  return (fromUs, untilUs) => saturatedUs(fromUs, untilUs) > 0;
}

/** Stretches in the order of time, each with the second after it; those that meet then are one. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const all: Stretch[] = [];
  for (const { fromUs, untilUs } of stretches) {
    const last = all.at(-1);
    const endUs = untilUs + DRAIN_US;
    if (last && fromUs <= last.untilUs) all[all.length - 1] = { fromUs: last.fromUs, untilUs: endUs };
    else all.push({ fromUs, untilUs: endUs });
  }
  return all;
}

/** In a sentence after what was slow: why it may not be the system's fault. */
export function blameMachine(when: string): string {
  return `the machine was saturated ${when}, so it may be to blame: lower --rate, or let nothing else run`;
}
