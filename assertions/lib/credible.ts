import { z } from 'zod';
import { one } from '../../analysis/lib/query.ts';
import { machineUse } from '../../analysis/machine-use.ts';
import type { Evidence, Phase, PhaseName } from '../../harness/contracts.ts';
import { phasesOf } from './phases.ts';
import { ms, number, percent } from './text.ts';

/** Options of every assertion that judges times: beyond these bounds a run is not believed when it says `slow`. */
export const credibility = {
  /** How late a request may leave after it was due, at the 99th percentile. */
  maxLagMs: z.number().positive().default(100),
  /** The machine's idle share below which it counts as saturated, in percent. */
  minIdlePercent: z.number().min(0).max(100).default(3),
};

export interface Credibility {
  readonly maxLagMs: number;
  readonly minIdlePercent: number;
}

/**
 * Why something slow may not be the system's fault, for the first of the phases of which that is so: the generator
 * lagged, the machine was saturated, or nothing says whether it was. Undefined when nothing else can be to blame.
 */
export async function incredible(
  evidence: Evidence,
  bounds: Credibility,
  phases: readonly PhaseName[],
): Promise<string | undefined> {
  for (const name of phases) {
    const blocks = phasesOf(evidence, name);
    if (blocks.length === 0) continue;
    const reason = await lagging(evidence, bounds, name);
    if (reason) return reason;
    for (const phase of blocks) {
      const doubt = await busy(evidence, bounds, phase);
      if (doubt) return doubt;
    }
  }
  return undefined;
}

async function lagging(
  evidence: Evidence,
  { maxLagMs }: Credibility,
  name: PhaseName,
): Promise<string | undefined> {
  if (!evidence.sources.has('ledger')) return undefined;
  const { lagUs } = await one<{ lagUs: number | null }>(
    evidence,
    `SELECT quantile_cont(CAST(sent_us - due_us AS DOUBLE), 0.99) AS "lagUs" FROM ledger WHERE phase = $name`,
    { name },
  );
  if (lagUs === null || lagUs <= maxLagMs * 1000) return undefined;
  return `the generator lagged in the phase ${name} (p99 ${ms(lagUs)} above ${number(maxLagMs)} ms), so it may be to blame: lower --rate`;
}

async function busy(
  evidence: Evidence,
  { minIdlePercent }: Credibility,
  { name, startUs, endUs }: Phase,
): Promise<string | undefined> {
  const use = await machineUse(evidence, startUs, endUs);
  if (!use) return `no gauge says how busy the machine was in the phase ${name}, so it may be to blame`;
  if (use.idle * 100 >= minIdlePercent) return undefined;
  return `the machine was saturated in the phase ${name} (${percent(use.idle)} idle), so it may be to blame: lower --rate`;
}
