import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Result } from '../../harness/contracts.ts';
import { EXIT, isErrorCode, messageOf, NotRestored, UserError } from '../../harness/errors.ts';
import { resultSchema } from '../../harness/result-schema.ts';
import { ROOT } from './things.ts';
import { unreadableRun } from './unreadable-run.ts';
import { judgeFolder, writeReports } from './verdict.ts';

/** A run to be made: a scenario with a build, or without one of its mitigations. */
export interface RunRequest {
  readonly scenario: string;
  readonly build?: string;
  readonly without?: string;
  /** Mitigations that are switched on beside those of the build. */
  readonly with?: readonly string[];
  /** Whether it is expected to pass: the system's first build is. */
  readonly mustPass?: boolean;
  /** Assertions that must fail, for a run without a mitigation. */
  readonly turnsRed?: readonly string[];
}

/** How long the run may take to clean up when it is stopped. */
const STOP_MS = 150_000;

/** Makes the run in a process of its own, below `folder`, or reads its result when it was made before. */
export async function runOnce(
  folder: string,
  { scenario, build, without, with: on = [] }: RunRequest,
  options: readonly string[],
  signal: AbortSignal,
  /** Judge a run that was made before once more, by the assertions as they are now. */
  again: boolean,
): Promise<{ readonly result: Result; readonly isNew: boolean }> {
  const out = runFolderOf(folder, { scenario, build, without, with: on });
  const before = await resultBefore(out);
  if (before) return { result: again ? await judgeAgain(out) : before, isNew: false };
  // Left behind by a run that was stopped.
  await rm(out, { recursive: true, force: true });
  const choice =
    build === undefined
      ? ['--without', without ?? '']
      : ['--build', build, ...on.flatMap((id) => ['--with', id])];
  const run = await execa(
    process.execPath,
    [join(ROOT, 'cli.ts'), 'run', scenario, ...choice, ...options, '--out', out],
    { cancelSignal: signal, forceKillAfterDelay: STOP_MS, reject: false, stdin: 'ignore' },
  );
  const tail = run.stderr.split('\n').slice(-15).join('\n');
  const isKilled = signal.aborted && run.exitCode === undefined;
  if (run.exitCode === EXIT.notRestored || isKilled) {
    const problems = await readResult(out).then(
      ({ cleanupProblems }) => cleanupProblems,
      () => [isKilled ? `the run ${out} did not end and was killed` : `the run ${out} said:\n${tail}`],
    );
    throw new NotRestored(
      problems,
      signal.aborted ? signal.reason : new UserError(`the run ${out} has ended`),
    );
  }
  signal.throwIfAborted();
  if (run.exitCode === EXIT.usage) throw new UserError(`the run ${out} was refused:\n${tail}`);
  const result = await readResult(out).catch((error: unknown) => {
    throw new Error(
      `the run ${out} left no result (exit code ${run.exitCode}): ${messageOf(error)}\n${tail}`,
    );
  });
  return { result, isNew: true };
}

/** Where such a run lies below `folder`. */
export function runFolderOf(
  folder: string,
  {
    scenario,
    build,
    without,
    with: on = [],
  }: { readonly [Key in keyof RunRequest]?: RunRequest[Key] | undefined },
): string {
  return join(folder, [`${scenario}-${build ?? `without-${without}`}`, ...on].join('-with-'));
}

/**
 * The result of a run that was made before; undefined when it was stopped before it had one.
 * @throws UserError when it has one that cannot be read
 */
async function resultBefore(folder: string): Promise<Result | undefined> {
  try {
    return await readResult(folder);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw unreadableRun(`the result of the run ${folder} cannot be read: ${messageOf(error)}`);
  }
}

async function judgeAgain(folder: string): Promise<Result> {
  const result = await judgeFolder(folder);
  await writeReports(result, folder);
  return result;
}

async function readResult(folder: string): Promise<Result> {
  return resultSchema.parse(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')));
}
