import type { Evidence, FaultWindow, Proof } from '../../harness/contracts.ts';
import { type Course, courseFigures, courseOf, patienceUs } from './course.ts';
import { provePipelineInterruption } from './pipeline-proof.ts';
import { lengthUs, type Stretch } from './stretches.ts';
import { figureMs, ms, number } from './text.ts';

/** Share of the calls before the fault that must be good, lest the edge was broken anyway. */
const LEAST_GOOD_BEFORE = 0.5;
/** Share of the calls inside that must have waited; one that its caller began late gave up early. */
const LEAST_WAITED = 0.5;
/** So many missing calls show that they could not be made. */
const LEAST_EXPECTED = 10;

/**
 * Proof of a fault under which no call of the edge gets an answer. On an edge to a database it is enough that no call
 * is made though the caller is at work, as a driver records none without a connection; any other client does.
 * @param waits calls inside end only when their caller gives up, or the fault ends
 */
export async function proveInterruption(
  evidence: Evidence,
  window: FaultWindow,
  { waits = false }: { readonly waits?: boolean } = {},
): Promise<Proof> {
  if (window.edge.isPipeline) return provePipelineInterruption(evidence, window);
  const silence = window.edge.to === 'database';
  const course = await courseOf(evidence, window, (before) =>
    waits ? { slowUs: patienceUs(before) } : undefined,
  );
  const { before, inside, after } = course;
  const usual = silence ? await usualCalls(evidence, window, course) : 0;
  const waitUs = waits ? patienceUs(before) : undefined;
  const doubt = doubtBefore(course) ?? doubtInside(course, usual, waitUs) ?? doubtAfter(course);
  return {
    held: doubt === undefined,
    expected: `no call answered while it was in force${waits ? ', most of them waiting' : ''}${silence ? ', or none made though the caller was at work' : ''}; good calls before and after`,
    observed: `${describe(course, usual, waitUs)}${doubt === undefined ? '' : `: ${doubt}`}`,
    figures: {
      ...courseFigures(course),
      goodBefore: before.good,
      answeredInside: inside.answered,
      goodAfter: after.good,
      ...(waitUs === undefined ? {} : { waitedInside: inside.slow, waitMs: figureMs(waitUs) }),
      ...(silence ? { usualInside: usual } : {}),
    },
  };
}

function doubtBefore({ before }: Course): string | undefined {
  if (before.calls === 0) return 'without calls before it there is nothing to compare with';
  if (before.good < before.calls * LEAST_GOOD_BEFORE) return 'the edge was broken before it';
  return undefined;
}

function doubtInside({ inside }: Course, usual: number, waitUs: number | undefined): string | undefined {
  if (inside.answered > 0) return 'some calls got through';
  if (inside.calls === 0 && inside.open > 0) return 'what came of them says nothing of it';
  if (inside.calls === 0 && usual < LEAST_EXPECTED) return 'nobody met it';
  if (waitUs !== undefined && inside.slow < inside.calls * LEAST_WAITED)
    return `calls failed without waiting ${ms(waitUs)}`;
  return undefined;
}

/** One good call shows that the fault is gone; a caller's breaker or retry may let the first of them fail. */
function doubtAfter({ after, stretches }: Course): string | undefined {
  return stretches.afterNeeded && after.good === 0 ? 'nothing shows that it ended' : undefined;
}

function describe({ before, inside, after }: Course, usual: number, waitUs: number | undefined): string {
  const waited = waitUs === undefined ? '' : `, ${number(inside.slow)} waited ${ms(waitUs)} or more`;
  const none =
    inside.open > 0
      ? `none of ${number(inside.open)} calls ended`
      : `no calls${usual > 0 ? `, ${number(usual)} would be usual,` : ''}`;
  const calls =
    inside.calls > 0 ? `${number(inside.answered)} of ${number(inside.calls)} calls answered${waited}` : none;
  return `${calls} while it was in force; good before ${number(before.good)} of ${number(before.calls)}, after ${number(after.good)} of ${number(after.calls)}`;
}

/** Calls that would have begun inside at the rate of those before; 0 when the caller was not at work. */
async function usualCalls(
  evidence: Evidence,
  { edge }: FaultWindow,
  { before, stretches }: Course,
): Promise<number> {
  const beforeUs = lengthUs(stretches.before);
  if (beforeUs === 0 || !(await wasAtWork(evidence, edge.from, stretches.inside))) return 0;
  return Math.floor((before.calls / beforeUs) * lengthUs(stretches.inside));
}

/** Whether the service recorded anything that it began in the stretches. */
async function wasAtWork(
  evidence: Evidence,
  service: string,
  stretches: readonly Stretch[],
): Promise<boolean> {
  for (const { fromUs, untilUs } of stretches) {
    const spans = await evidence.query(
      `SELECT 1 FROM recording WHERE service = $service AND start_us >= $from AND start_us < $until LIMIT 1`,
      { service, from: fromUs, until: untilUs },
    );
    if (spans.length > 0) return true;
  }
  return false;
}
