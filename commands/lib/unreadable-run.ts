import { UserError } from '../../harness/errors.ts';

/**
 * Refuses a folder of a run that was made before and cannot be read: what is in it may be worth more than another run.
 * @param why what cannot be read, and why not
 */
export function unreadableRun(why: string): UserError {
  return new UserError(`${why}\nRemove the folder to have the run made again, or choose another --out.`);
}
