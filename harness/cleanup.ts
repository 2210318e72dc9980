/** Undo actions, registered before what they undo is done, and the signals that make a run end early. */
import { Interrupted, messageOf } from './errors.ts';

interface Undo {
  readonly name: string;
  readonly deadlineMs: number;
  readonly action: () => Promise<void> | void;
}

/** A stack of undo actions. */
export class Cleanup {
  readonly #undos: Undo[] = [];
  #running: Promise<string[]> | undefined;

  /**
   * Registers what `run` is to do. To be called BEFORE the thing that it undoes is done, so it must succeed when
   * nothing, a part, or all of that was done. `name` is how a problem with it is told, e.g. `fault on payment-to-stripe`.
   */
  register(name: string, undo: () => Promise<void> | void, deadlineMs: number): void {
    if (this.#running !== undefined)
      throw new Error(`${name} came after the clean-up; nothing would undo it`);
    this.#undos.push({ name, action: undo, deadlineMs });
  }

  /**
   * Does all of it, the last registered first, each with a deadline of its own. Never throws: returns what went wrong, a
   * sentence for each. Called again, it returns the same without doing anything twice.
   */
  run(): Promise<string[]> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<string[]> {
    const problems: string[] = [];
    for (const undo of this.#undos.toReversed()) {
      try {
        await withDeadline(undo);
      } catch (error) {
        problems.push(`${undo.name}: ${messageOf(error)}`);
      }
    }
    return problems;
  }
}

async function withDeadline(undo: Undo): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not done within ${undo.deadlineMs / 1000} s`)),
      undo.deadlineMs,
    );
  });
  try {
    // In a function, so that an action that throws at once is a rejection as well.
    await Promise.race([(async () => undo.action())(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * From now on Ctrl-C and SIGTERM abort `controller` with `Interrupted`, whereupon the run is to clean up. A second one
 * is told to wait, a third calls `giveUp` (to end the process; the keeper then cleans up in its place).
 *
 * Returns a function that gives the signals back.
 */
export function abortOnSignals(options: {
  readonly controller: AbortController;
  print(line: string): void;
  giveUp(): void;
}): () => void {
  let count = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    count += 1;
    if (count === 1) options.controller.abort(new Interrupted(signal));
    else if (count === 2) options.print('cleaning up, a moment');
    else options.giveUp();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}
