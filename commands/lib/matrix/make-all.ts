import type { RunRecord, Scenario } from '../../../harness/contracts.ts';
import { NotRestored } from '../../../harness/errors.ts';
import { type MakeOptions, madeBefore, makeRun } from './make-run.ts';
import type { PlannedRun } from './plan.ts';

export interface MakeAllOptions {
  readonly tools: MakeOptions['tools'];
  readonly signal: AbortSignal;
  /** At most so many new runs; the rest is left to a later call. */
  readonly limit: number;
  scenarioOf(run: PlannedRun): Scenario;
  /** Why the run would be in vain, if it would, from what has been made so far. */
  inVain(run: PlannedRun): string | undefined;
  /** A run is there, new or from before; its evidence can be read. */
  onRun(run: PlannedRun, record: RunRecord, isNew: boolean): Promise<void>;
  print(line: string): void;
}

/**
 * Makes the runs that are missing. While one run waits for its traces to settle, which takes a third of its time and
 * no CPU, the stack of the next one starts: there are two stacks at most, and one load at a time.
 * When one fails or the signal aborts, all are stopped before this rejects.
 * @returns how many are still missing
 */
export async function makeAll(runs: readonly PlannedRun[], options: MakeAllOptions): Promise<number> {
  const missing: PlannedRun[] = [];
  for (const run of runs) {
    const record = await madeBefore(run, options.scenarioOf(run));
    if (record) await options.onRun(run, record, false);
    else missing.push(run);
  }
  if (missing.length < runs.length)
    options.print(`${runs.length - missing.length} of ${runs.length} runs were made before`);
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const running = new Set<Promise<void>>();
  const started = performance.now();
  let begun = 0;
  let ended = 0;
  let skipped = 0;
  try {
    for (const run of missing) {
      const why = options.inVain(run);
      if (why !== undefined) {
        skipped += 1;
        options.print(`${run.name}: not made, ${why}`);
        continue;
      }
      if (begun >= options.limit) continue;
      begun += 1;
      const loadEnded = Promise.withResolvers<void>();
      const made = makeRun(run, {
        scenario: options.scenarioOf(run),
        tools: options.tools,
        signal,
        onLoadEnded: loadEnded.resolve,
      }).then(async (record) => {
        await options.onRun(run, record, true);
        ended += 1;
        const eachS = (performance.now() - started) / 1000 / ended;
        const left = Math.max(0, missing.length - skipped - ended);
        options.print(
          `${runs.length - left} of ${runs.length}: ${run.name}: ${record.status}; about ${Math.ceil((eachS * left) / 60)} min left${left > options.limit - ended ? ' for all' : ''}`,
        );
      });
      const tracked = made.finally(() => running.delete(tracked));
      // Awaited below; here a failure only must not go unhandled meanwhile.
      tracked.catch(() => undefined);
      const before = [...running];
      running.add(tracked);
      await Promise.race([loadEnded.promise, tracked]);
      await Promise.all(before);
    }
    await Promise.all(running);
  } catch (error) {
    abort.abort(error);
    await stopped([...running], error);
    throw error;
  }
  return missing.length - skipped - ended;
}

/** Waits until all have stopped; what one of them could not restore comes before why they were stopped. */
async function stopped(running: readonly Promise<void>[], cause: unknown): Promise<void> {
  const problems = (await Promise.allSettled(running)).flatMap((each) =>
    each.status === 'rejected' && each.reason instanceof NotRestored ? each.reason.problems : [],
  );
  const own = cause instanceof NotRestored ? cause.problems : [];
  if (problems.some((problem) => !own.includes(problem)))
    throw new NotRestored([...new Set([...own, ...problems])], cause);
}
