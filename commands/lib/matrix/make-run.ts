import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseBuild, mergeEnvironments } from '../../../harness/build.ts';
import { conduct } from '../../../harness/conduct.ts';
import type { RunRecord, Scenario } from '../../../harness/contracts.ts';
import { NotRestored, UserError } from '../../../harness/errors.ts';
import { vegeta } from '../../../harness/load/vegeta.ts';
import { createRunFolder, hasRunRecord, readRunRecord } from '../../../harness/run-folder.ts';
import { native } from '../../../harness/stack/native.ts';
import type { ensureTools } from '../../../harness/stack/tools.ts';
import { afterFailure } from '../after-failure.ts';
import { checkMadeAlike } from '../made-alike.ts';
import { timestamp } from '../runs-folder.ts';
import { ROOT } from '../things.ts';
import { unreadableRun } from '../unreadable-run.ts';
import type { PlannedRun } from './plan.ts';

export interface MakeOptions {
  readonly scenario: Scenario;
  readonly tools: Awaited<ReturnType<typeof ensureTools>>;
  readonly signal: AbortSignal;
  /** The last answer has come: from here on the run only waits and gathers. */
  onLoadEnded(): void;
}

/**
 * The record of a run that was made before; undefined when it is to be made. One in which a service of the system died
 * counts: the fault may have done it.
 * @throws UserError when it was made with another rate, seed or other phases, which must not be mixed; or when its record
 *   cannot be read
 */
export async function madeBefore(
  { folder, seed }: PlannedRun,
  { load, phases }: Scenario,
): Promise<RunRecord | undefined> {
  if (!(await hasRunRecord(folder))) return undefined;
  const run = await readRunRecord(folder).catch((error: unknown) => {
    throw error instanceof UserError ? unreadableRun(error.message) : error;
  });
  if (!isWhole(run)) return undefined;
  checkMadeAlike(folder, run, { rate: load.rate, seed, phases });
  return run;
}

/**
 * Makes one run with a stack of its own and leaves its folder, as complete as one of `chaoscope run` but not yet judged.
 * @throws NotRestored when something could not be stopped or reverted
 */
export async function makeRun(run: PlannedRun, options: MakeOptions): Promise<RunRecord> {
  const { scenario, tools, signal } = options;
  const build = chooseBuild(scenario.system, {
    build: scenario.system.builds === undefined ? undefined : run.build,
    on: [],
    off: [],
  });
  const started = new Date();
  // Left behind by a run that was stopped.
  await rm(run.folder, { recursive: true, force: true });
  const folder = await createRunFolder(run.folder);
  let hasLoad = false;
  let record: RunRecord;
  try {
    record = await conduct({
      scenario,
      name: `matrix-${run.name}`,
      id: `${timestamp(started)}-${run.name}`,
      started,
      seed: run.seed,
      runFolder: run.folder,
      applyFaults: true,
      collectorConfig: join(ROOT, 'config', 'collector.yaml'),
      jaegerConfig: join(ROOT, 'config', 'jaeger.yaml'),
      environment: mergeEnvironments(build?.environment ?? {}, scenario.environment ?? {}),
      ...(build ? { build: build.record } : {}),
      given: { environment: {} },
      stackDriver: native,
      loadDriver: (stack) =>
        vegeta(tools.vegeta.path, { PATH: process.env['PATH'] ?? '', ...stack.environment }),
      tools: { vegeta: tools.vegeta.version },
      signal,
      observer: {
        message: () => undefined,
        record: () => undefined,
        phases: () => {
          hasLoad = true;
        },
        loadEnded: options.onLoadEnded,
      },
    });
  } catch (error) {
    throw await afterFailure(error, { folder, path: run.folder, hasLoad });
  }
  if (record.cleanupProblems.length > 0)
    throw new NotRestored(record.cleanupProblems, new UserError(`the run ${run.folder} has ended`));
  return record;
}

function isWhole({ status, problem }: RunRecord): boolean {
  return status === 'completed' || problem?.partKind === 'service';
}
