import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from './contract.ts';
import { startScenario } from './run-scenario.ts';

/**
 * Makes runs one after the other. The next starts as soon as the load of the one before has ended: while a run waits
 * for its traces to settle the machine has nothing to do, and what the next one needs to start disturbs nothing that is measured.
 */
export class Runs {
  readonly #signal: AbortSignal | undefined;
  #ready: Promise<unknown> = Promise.resolve();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Makes a run in `<folder>/run`. One that does not believe itself (the generator lagged, the machine was saturated),
   * though nobody spoilt just that, is made once more: it says nothing of what it was made for.
   */
  async run(folder: string, scenario: string, args: readonly string[] = []): Promise<Outcome> {
    const first = await this.#once(folder, scenario, args);
    if (first.notPassed['load-achieved'] !== 'inconclusive') return first;
    await rm(join(folder, 'run'), { recursive: true });
    return this.#once(folder, scenario, args);
  }

  async #once(folder: string, scenario: string, args: readonly string[]): Promise<Outcome> {
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
