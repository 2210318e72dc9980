import type { RunRecord } from '../../../harness/contracts.ts';
import { NotRestored } from '../../../harness/errors.ts';
import type { PlannedRun } from './plan.ts';

export interface MakeAllOptions {
  readonly signal: AbortSignal;
  /** At most so many new runs; the rest is left to a later call. */
  readonly limit: number;
  /** The record of a run that was made before, if it was. */
  before(run: PlannedRun): Promise<RunRecord | undefined>;
  /** Makes a run; calls back when its last answer has come, from where on it only waits and gathers. */
  make(run: PlannedRun, onLoadEnded: () => void, signal: AbortSignal): Promise<RunRecord>;
  /** Why the run would be in vain, if it would, from what has been made so far. */
  inVain(run: PlannedRun): string | undefined;
  /** A run is there, new or from before; its evidence can be read. */
  onRun(run: PlannedRun, record: RunRecord): Promise<void>;
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
    options.signal.throwIfAborted();
    const record = await options.before(run);
    if (record) await options.onRun(run, record);
    else missing.push(run);
  }
  if (missing.length < runs.length)
    options.print(`${runs.length - missing.length} of ${runs.length} runs were made before`);
  return makeMissing(runs.length, missing, options);
}

async function makeMissing(
  all: number,
  missing: readonly PlannedRun[],
  options: MakeAllOptions,
): Promise<number> {
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const running = new Set<Promise<void>>();
  const progress = new Progress(all, missing.length, options);
  let begun = 0;
  try {
    for (const run of missing) {
      const why = options.inVain(run);
      if (why !== undefined) progress.skip(run, why);
      if (why !== undefined || begun >= options.limit) continue;
      begun += 1;
      const loadEnded = Promise.withResolvers<void>();
      const made = makeOne(run, loadEnded.resolve, signal, options, progress);
      const tracked: Promise<void> = made.finally(() => running.delete(tracked));
      // Awaited below; here a failure only must not go unhandled meanwhile.
      tracked.catch(() => undefined);
      const before = [...running];
      running.add(tracked);
      await Promise.all([Promise.race([loadEnded.promise, tracked]), ...before]);
    }
    await Promise.all(running);
  } catch (error) {
    abort.abort(error);
    await stopped([...running], error);
    throw error;
  }
  return progress.left;
}

async function makeOne(
  run: PlannedRun,
  onLoadEnded: () => void,
  signal: AbortSignal,
  options: MakeAllOptions,
  progress: Progress,
): Promise<void> {
  const record = await options.make(run, onLoadEnded, signal);
  await options.onRun(run, record);
  progress.end(run, record);
}

/** How many runs are still missing, and how long they will take. */
class Progress {
  readonly #all: number;
  readonly #options: MakeAllOptions;
  readonly #started = performance.now();
  #ended = 0;
  /** Runs that are neither made nor in vain. */
  left: number;

  constructor(all: number, missing: number, options: MakeAllOptions) {
    this.#all = all;
    this.left = missing;
    this.#options = options;
  }

  skip({ name }: PlannedRun, why: string): void {
    this.left -= 1;
    this.#options.print(`${name}: not made, ${why}`);
  }

  end({ name }: PlannedRun, { status, problem }: RunRecord): void {
    this.left -= 1;
    this.#ended += 1;
    const eachS = (performance.now() - this.#started) / 1000 / this.#ended;
    const now = Math.min(this.left, this.#options.limit - this.#ended);
    const minutes = (count: number): string => `about ${Math.ceil((eachS * count) / 60)} min left`;
    const rest = now < this.left ? ` of this call, ${minutes(this.left)} in all` : '';
    this.#options.print(
      `${this.#all - this.left} of ${this.#all}: ${name}: ${problem?.message ?? status}; ${minutes(now)}${rest}`,
    );
  }
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
