import { join } from 'node:path';
import type { Part, PartDeath } from '../contracts.ts';
import type { Lease } from './lease.ts';
import { type PartSpec, type RunningPart, spawnPart } from './part.ts';
import { PartError } from './part-error.ts';

/** The parts of one stack: starts them, remembers them and tells of those that die. */
export class PartSet {
  readonly #lease: Lease;
  readonly #logFolder: string;
  readonly #running: RunningPart[] = [];
  readonly #deaths: PartDeath[] = [];
  readonly #listeners: ((death: PartDeath) => void)[] = [];
  readonly #firstDeath = new AbortController();

  constructor(lease: Lease, logFolder: string) {
    this.#lease = lease;
    this.#logFolder = logFolder;
  }

  /** All that were started, in that order, with or without success; one that was started again once, as it is now. */
  get parts(): readonly Part[] {
    return this.#running.map(({ name, kind, pid, logFile }) => ({ name, kind, pid, logFile }));
  }

  /** Aborts, with a PartError, when a part dies for the first time. */
  get deathSignal(): AbortSignal {
    return this.#firstDeath.signal;
  }

  /** Where a part logs to. */
  logFile(name: string): string {
    return join(this.#logFolder, `${name}.log`);
  }

  /** Starts a part and resolves when it is ready; it is to be stopped in each case. */
  async start(spec: PartSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const part = spawnPart(spec, this.#lease, (death) => this.#tell(death));
    const before = this.#running.findIndex(({ name }) => name === spec.name);
    if (before >= 0) this.#running[before] = part;
    else this.#running.push(part);
    await part.untilReady(signal);
  }

  /** Ends a part on purpose, so that it counts as no death; rejects when it lives on. */
  async end(name: string, how: 'kill' | 'stop'): Promise<void> {
    const part = this.#running.find((each) => each.name === name);
    if (part === undefined) throw new Error(`${name} was never started`);
    await (how === 'kill' ? part.kill() : part.stop());
  }

  /** Whether its process runs. */
  isUp(name: string): boolean {
    return this.#running.some((part) => part.name === name && part.isUp());
  }

  /** The listener is called once for each part that dies, also for those that are dead already. */
  onDeath(listener: (death: PartDeath) => void): void {
    this.#listeners.push(listener);
    for (const death of this.#deaths) listener(death);
  }

  /**
   * Stops those of the parts that were started, at the same time. Rejects with the messages of those that live on;
   * `onKilled` is called with the name of each that did not end by itself in time.
   */
  async stop(names: readonly string[], onKilled: (name: string) => void): Promise<void> {
    const parts = this.#running.filter((part) => names.includes(part.name));
    const outcomes = await Promise.allSettled(
      parts.map(async (part) => {
        if ((await part.stop()) === 'killed') onKilled(part.name);
      }),
    );
    const problems = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.message] : [],
    );
    if (problems.length > 0) throw new Error(problems.join('; '));
  }

  #tell(death: PartDeath): void {
    this.#deaths.push(death);
    this.#firstDeath.abort(new PartError(death.part, `ended (${death.how})`));
    for (const listener of this.#listeners) listener(death);
  }
}
