import type { Outcome } from './contract.ts';
import { startScenario } from './run-scenario.ts';

/**
 * Makes runs one after the other. The next starts as soon as the load of the one before has ended: while a run waits
 * for its traces to settle the machine has little to do, and what the next one needs to start disturbs nothing that is
 * measured. The judging of the one before may fall into the load of the next; a run that does not believe itself is made again.
 */
export class Runs {
  readonly #signal: AbortSignal | undefined;
  #ready: Promise<unknown> = Promise.resolve();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Makes a run in `<folder>/run`, which must not be there. */
  async run(folder: string, scenario: string, args: readonly string[] = []): Promise<Outcome> {
    const before = this.#ready;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ready = promise;
    try {
      await before;
      this.#signal?.throwIfAborted();
      return await startScenario(folder, scenario, args, { signal: this.#signal, onLoadEnded: resolve });
    } finally {
      resolve();
    }
  }
}
