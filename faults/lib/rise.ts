import type { Proof } from '../../harness/contracts.ts';
import { type Course, courseFigures } from './course.ts';
import type { Outcomes } from './outcomes.ts';
import { number } from './text.ts';

/** The share of affected calls inside must be so many times that before, and that after. */
const LEAST_RISE = 5;
/** So many calls must be affected, or all; one or two may have had a reason of their own. */
const LEAST_AFFECTED = 5;
/** Before and after there must be calls enough to see so many affected at the share inside; else none means nothing. */
const LEAST_EXPECTED = 3;

export interface Rise {
  /** Which calls are affected. */
  readonly affected: 'failed' | 'slow';
  /** What they did, to be read after `12 calls`. */
  readonly did: string;
  /** Why there may be none, and what to do. */
  readonly whenNone: string;
}

/** Proof of a fault that meets only some of the calls: clearly more of them inside than before and after. */
export function proveRise(course: Course, rise: Rise): Proof {
  const { affected, did } = rise;
  const { before, inside, after } = course;
  const of = (outcomes: Outcomes): string => `${number(outcomes[affected])} of ${number(outcomes.calls)}`;
  const doubt = doubtInside(course, rise) ?? doubtBefore(course, rise) ?? doubtAfter(course, rise);
  return {
    held: doubt === undefined,
    expected: `at least ${LEAST_RISE} times the share of calls ${did} while it was in force than before and after`,
    observed: `${of(inside)} calls ${did} while it was in force; before ${of(before)}, after ${of(after)}${doubt === undefined ? '' : `: ${doubt}`}`,
    figures: {
      ...courseFigures(course),
      [`${affected}Before`]: before[affected],
      [`${affected}Inside`]: inside[affected],
      [`${affected}After`]: after[affected],
    },
  };
}

function doubtInside({ inside }: Course, { affected, whenNone }: Rise): string | undefined {
  if (inside.calls === 0) return 'nobody met it';
  if (inside[affected] === 0) return whenNone;
  if (inside[affected] < Math.min(LEAST_AFFECTED, inside.calls))
    return `fewer than ${LEAST_AFFECTED} may be chance`;
  return undefined;
}

function doubtBefore({ before, inside }: Course, { affected }: Rise): string | undefined {
  if (isTooFew(before, inside, affected)) return 'too few calls before it to compare with';
  return isBelow(inside, before, affected) ? 'that is usual on the edge' : undefined;
}

function doubtAfter({ after, inside, stretches }: Course, { affected }: Rise): string | undefined {
  if (isTooFew(after, inside, affected))
    return stretches.afterNeeded ? 'too few calls after it to show that it ended' : undefined;
  return isBelow(inside, after, affected) ? 'it did not end' : undefined;
}

function isTooFew({ calls }: Outcomes, inside: Outcomes, affected: Rise['affected']): boolean {
  return calls * inside[affected] < LEAST_EXPECTED * inside.calls;
}

/** Whether the share inside is less than the needed multiple of that outside. Both have calls. */
function isBelow(inside: Outcomes, outside: Outcomes, affected: Rise['affected']): boolean {
  return inside[affected] * outside.calls < LEAST_RISE * outside[affected] * inside.calls;
}
