import type { Evidence, FaultWindow, Figures } from '../../harness/contracts.ts';
import { type Outcomes, outcomesOf, type SlowQuery } from './outcomes.ts';
import { type Stretches, stretchesOf } from './stretches.ts';
import { figureMs } from './text.ts';

/** The calls of an edge before, inside and after the window of a fault. */
export interface Course {
  readonly before: Outcomes;
  readonly inside: Outcomes;
  readonly after: Outcomes;
  readonly stretches: Stretches;
}

/**
 * @param slowOf how long a slow call lasts, from what was usual before the fault; undefined: no call is slow
 */
export async function courseOf(
  evidence: Evidence,
  window: FaultWindow,
  slowOf: (before: Outcomes) => SlowQuery | undefined = () => undefined,
): Promise<Course> {
  const { edge } = window;
  const stretches = stretchesOf(evidence, window);
  const slow = slowOf(await outcomesOf(evidence, edge, stretches.before));
  return {
    before: await outcomesOf(evidence, edge, stretches.before, slow),
    inside: await outcomesOf(evidence, edge, stretches.inside, slow),
    after: await outcomesOf(evidence, edge, stretches.after, slow),
    stretches,
  };
}

/** Numbers of calls and how long they lasted; each fault adds its own figures. */
export function courseFigures({ before, inside, after }: Course): Figures {
  return {
    callsBefore: before.calls,
    callsInside: inside.calls,
    callsAfter: after.calls,
    beforeP50Ms: figureMs(before.p50Us),
    insideP50Ms: figureMs(inside.p50Us),
    afterP50Ms: figureMs(after.p50Us),
  };
}

/** How long a call waits that is not usual: five times the usual, 100 ms at least. */
export function patienceUs({ p50Us }: Outcomes): number {
  return Math.max(5 * (p50Us ?? 0), 100_000);
}
