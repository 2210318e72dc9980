import type { Evidence, FaultWindow, Proof } from '../../harness/contracts.ts';
import { stretchesOf } from './stretches.ts';
import { number } from './text.ts';

/** Looks at the processes, a second apart, by whether the part had one. */
interface Looks {
  readonly before: number;
  readonly inside: number;
  readonly seenInside: number;
  readonly after: number;
  /** CPU time that its process had used, in seconds: less than before is another process. */
  readonly cpuBefore: number | null;
  readonly cpuAfter: number | null;
}

/**
 * Proof that a part was ended and started again: no look in between found its process, and afterwards there is one. A
 * window in which nobody looked is proved by another process being there after it.
 */
export async function proveAbsence(evidence: Evidence, window: FaultWindow): Promise<Proof> {
  const part = window.edge.to;
  const looks = await looksOf(evidence, window, part);
  const isAnother = looks.cpuBefore !== null && looks.cpuAfter !== null && looks.cpuAfter < looks.cpuBefore;
  const wasAway = looks.inside > 0 ? looks.seenInside === 0 : isAnother;
  const { afterNeeded } = stretchesOf(evidence, window);
  const cameBack = looks.after > 0 || !afterNeeded;
  return {
    held: looks.before > 0 && wasAway && cameBack,
    expected: `a process of ${part} before and after, and none while it was in force`,
    observed: `${part} had a process in ${number(looks.seenInside)} of ${number(looks.inside)} looks while it was in force; before in ${number(looks.before)}, after in ${number(looks.after)}`,
    figures: {
      looksInside: looks.inside,
      seenInside: looks.seenInside,
      seenBefore: looks.before,
      seenAfter: looks.after,
    },
  };
}

async function looksOf(evidence: Evidence, { fromUs, untilUs }: FaultWindow, part: string): Promise<Looks> {
  const none = { before: 0, inside: 0, seenInside: 0, after: 0, cpuBefore: null, cpuAfter: null };
  if (!evidence.sources.has('gauges')) return none;
  const [row] = await evidence.query<Looks>(
    `WITH looks AS (
       SELECT at_us, max(value) FILTER (WHERE part = $part AND metric = 'process_cpu_seconds') AS cpu
       FROM gauges GROUP BY at_us)
     SELECT count(cpu) FILTER (WHERE at_us < $from::BIGINT) AS before,
            count(*) FILTER (WHERE at_us > $from::BIGINT AND at_us < $until::BIGINT) AS inside,
            count(cpu) FILTER (WHERE at_us > $from::BIGINT AND at_us < $until::BIGINT) AS "seenInside",
            count(cpu) FILTER (WHERE at_us > $until::BIGINT) AS after,
            max_by(cpu, at_us) FILTER (WHERE at_us < $from::BIGINT) AS "cpuBefore",
            min_by(cpu, at_us) FILTER (WHERE at_us > $until::BIGINT) AS "cpuAfter"
     FROM looks`,
    { part, from: fromUs, until: untilUs },
  );
  return row ?? none;
}
