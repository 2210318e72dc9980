import type { PartControl } from '../../harness/contracts.ts';

/** A part that is no process, and notes how it was ended and started. */
export class MemoryPart implements PartControl {
  readonly name = 'collector';
  readonly done: string[] = [];
  #isUp = true;

  async end(how: 'stop' | 'kill'): Promise<void> {
    this.done.push(how);
    this.#isUp = false;
  }

  async start(): Promise<void> {
    this.done.push('start');
    this.#isUp = true;
  }

  async isUp(): Promise<boolean> {
    return this.#isUp;
  }
}
