import type { EdgeProxy, Toxic } from '../../harness/contracts.ts';

/** A proxy that keeps its toxics as Toxiproxy does: a name twice, or an unknown one, is an error. */
export class MemoryProxy implements EdgeProxy {
  readonly name = 'payment-to-stripe';
  readonly address = '127.0.0.1:1';
  readonly #toxics = new Map<string, Toxic>();
  #enabled = true;

  async addToxic(toxic: Toxic): Promise<void> {
    if (this.#toxics.has(toxic.name)) throw new Error('toxic already exists');
    this.#toxics.set(toxic.name, toxic);
  }

  async removeToxic(name: string): Promise<void> {
    if (!this.#toxics.delete(name)) throw new Error('toxic not found');
  }

  async setEnabled(enabled: boolean): Promise<void> {
    this.#enabled = enabled;
  }

  async read(): Promise<{ enabled: boolean; toxics: Toxic[] }> {
    return { enabled: this.#enabled, toxics: [...this.#toxics.values()] };
  }
}
