import { judgeFolder } from '../../commands/lib/verdict.ts';
import { UserError } from '../../harness/errors.ts';
import type { Outcome } from './contract.ts';
import { outcomeOf, refusalOf } from './outcome.ts';

/** What comes of a run's folder when it is judged offline. */
export async function judged(folder: string): Promise<Outcome> {
  try {
    return outcomeOf(folder, await judgeFolder(folder));
  } catch (error) {
    // Anything else is a defect, which no sabotage may uncover unnoticed.
    if (error instanceof UserError) return refusalOf(folder, error.message);
    throw error;
  }
}
