import type { Result } from '../../harness/contracts.ts';
import { readRunRecord } from '../../harness/run-folder.ts';
import { lockRuns } from './lock-runs.ts';
import { checkMadeAlike, type Likeness } from './made-alike.ts';
import { type RunRequest, runFolderOf, runOnce } from './run-once.ts';
import { makeRunsFolder } from './runs-folder.ts';

export interface MadeRun {
  readonly request: RunRequest;
  readonly folder: string;
  readonly result: Result;
}

export interface MadeRunsOptions {
  /** Options of `chaoscope run` that every run gets. */
  readonly options: readonly string[];
  readonly signal: AbortSignal;
  /** Judge runs that were made before once more, by the assertions as they are now. */
  readonly again: boolean;
  /** What a run that was made before must have been made with. */
  like(request: RunRequest): Likeness;
}

/**
 * The runs below a folder, one after the other, each with the machine to itself; those that are not there yet are made.
 * Tells on stderr how many are left. (`chaoscope matrix` has so many that it lets them overlap.)
 * @throws UserError when the folder cannot be made, another command makes runs in it, a run is refused, or one that was
 * made before is not like those that are asked for
 */
export async function* madeRuns(
  folder: string,
  requests: readonly RunRequest[],
  { options, signal, again, like }: MadeRunsOptions,
): AsyncGenerator<MadeRun> {
  await makeRunsFolder(folder);
  await using _lock = await lockRuns(folder);
  const startedMs = performance.now();
  let made = 0;
  for (const [index, request] of requests.entries()) {
    const { result, isNew } = await runOnce(folder, request, options, signal, again);
    const path = runFolderOf(folder, request);
    if (isNew) made += 1;
    else checkMadeAlike(path, await readRunRecord(path), like(request));
    yield { request, folder: path, result };
    const eachMs = made > 0 ? (performance.now() - startedMs) / made : 0;
    const leftMin = Math.round((eachMs * (requests.length - index - 1)) / 60_000);
    process.stderr.write(
      `${index + 1} of ${requests.length}: ${nameOf(request)}: ${result.verdict}${isNew ? '' : ' (made before)'}; about ${leftMin} min left\n`,
    );
  }
}

/** `stripe-slow naive with outbox`, `stripe-slow without outbox`. */
function nameOf({ scenario, build, without, with: on = [] }: RunRequest): string {
  return `${scenario} ${build === undefined ? `without ${without}` : [build, ...on].join(' with ')}`;
}
