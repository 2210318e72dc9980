import type { Evidence } from '../harness/contracts.ts';

/** How far from an end of the time the outermost sample may be, for the samples to speak of all of it. */
const REACH_US = 3_000_000;

/** Shares of the machine's CPU time, 0 to 1. */
export interface MachineUse {
  readonly idle: number;
  /** Taken by other virtual machines on the same host. */
  readonly steal: number;
}

interface Mode {
  readonly mode: string;
  readonly seconds: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

/**
 * How the machine's CPU time was spent between two instants, all cores together; undefined when the gauges do not
 * say: there are none, or they leave out more than 3 s at an end, or half of the time.
 */
export async function machineUse(
  evidence: Evidence,
  fromUs: number,
  untilUs: number,
): Promise<MachineUse | undefined> {
  if (!evidence.sources.has('gauges')) return undefined;
  const rows = await evidence.query<Mode>(
    `SELECT labels->>'$.mode' AS mode, max(value) - min(value) AS seconds,
            min(at_us) AS "firstUs", max(at_us) AS "lastUs"
     FROM gauges
     WHERE part = 'machine' AND metric = 'cpu_seconds' AND at_us BETWEEN $from AND $until
     GROUP BY mode`,
    { from: fromUs, until: untilUs },
  );
  if (!rows.every((row) => covers(row, fromUs, untilUs))) return undefined;
  const seconds = new Map(rows.map((row) => [row.mode, row.seconds]));
  const total = [...seconds.values()].reduce((sum, value) => sum + value, 0);
  if (total <= 0) return undefined;
  return { idle: (seconds.get('idle') ?? 0) / total, steal: (seconds.get('steal') ?? 0) / total };
}

function covers({ firstUs, lastUs }: Mode, fromUs: number, untilUs: number): boolean {
  const isNear = firstUs - fromUs <= REACH_US && untilUs - lastUs <= REACH_US;
  return isNear && (lastUs - firstUs) * 2 >= untilUs - fromUs;
}

export interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** The stretches between two samples of the gauges in which less than that share of the machine was idle. */
export async function saturatedStretches(
  evidence: Evidence,
  minIdlePercent: number,
): Promise<readonly Stretch[]> {
  if (!evidence.sources.has('gauges')) return [];
  return evidence.query<Stretch>(
    `WITH samples AS (
       SELECT at_us, labels->>'$.mode' AS mode, value - lag(value) OVER series AS seconds, lag(at_us) OVER series AS from_us
       FROM gauges WHERE part = 'machine' AND metric = 'cpu_seconds'
       WINDOW series AS (PARTITION BY labels ORDER BY at_us))
     SELECT max(from_us) AS "fromUs", at_us AS "untilUs" FROM samples WHERE from_us IS NOT NULL
     GROUP BY at_us
     HAVING coalesce(sum(seconds) FILTER (WHERE mode = 'idle'), 0) * 100 < sum(seconds) * $least::DOUBLE
     ORDER BY at_us`,
    { least: minIdlePercent },
  );
}
