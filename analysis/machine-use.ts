import type { Evidence } from '../harness/contracts.ts';

/** Shares of the machine's CPU time, 0 to 1. */
export interface MachineUse {
  readonly idle: number;
  /** Taken by other virtual machines on the same host. */
  readonly steal: number;
}

/**
 * How the machine's CPU time was spent between two instants, all cores together; undefined when the gauges do not
 * say (no gauges, or fewer than two samples in between).
 */
export async function machineUse(
  evidence: Evidence,
  fromUs: number,
  untilUs: number,
): Promise<MachineUse | undefined> {
  if (!evidence.sources.has('gauges')) return undefined;
  const rows = await evidence.query<{ mode: string; seconds: number }>(
    `SELECT labels->>'$.mode' AS mode, max(value) - min(value) AS seconds
     FROM gauges
     WHERE part = 'machine' AND metric = 'cpu_seconds' AND at_us BETWEEN $from AND $until
     GROUP BY mode`,
    { from: fromUs, until: untilUs },
  );
  const seconds = new Map(rows.map((row) => [row.mode, row.seconds]));
  const total = [...seconds.values()].reduce((sum, value) => sum + value, 0);
  if (total <= 0) return undefined;
  return { idle: (seconds.get('idle') ?? 0) / total, steal: (seconds.get('steal') ?? 0) / total };
}
