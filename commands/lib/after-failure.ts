import { Interrupted, UserError } from '../../harness/errors.ts';
import type { RunFolder } from '../../harness/run-folder.ts';
import { PartError } from '../../harness/stack/part-error.ts';

/**
 * What becomes of the folder of a run that left no record, and the error with a word on it. A refusal before the load
 * leaves nothing behind; else the logs may be all that there is, so the folder stays and is named.
 * @param run.hasLoad whether the load had begun
 */
export async function afterFailure(
  error: unknown,
  run: { readonly folder: RunFolder; readonly path: string; readonly hasLoad: boolean },
): Promise<unknown> {
  const stopped = 'Everything that had been started is stopped again';
  if (error instanceof UserError && !run.hasLoad) {
    await run.folder.remove();
    return new UserError(`${error.message}\n${stopped}, and the run folder is removed.`, { cause: error });
  }
  if (error instanceof UserError || error instanceof PartError)
    return new UserError(`${error.message}\n${stopped}. Logs of the run: ${run.path}`, { cause: error });
  const what = error instanceof Interrupted ? 'the interrupted run' : 'the run';
  process.stderr.write(`logs of ${what}: ${run.path}\n`);
  return error;
}
