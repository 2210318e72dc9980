import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from './contract.ts';
import { judged } from './judged.ts';
import type { Runs } from './runs.ts';
import { SIXTY_THOUSAND, writeSixtyThousand } from './sixty-thousand.ts';

/** The clean runs from which evidence is taken to be spoilt: each is made when it is first asked for. */
export class Material {
  readonly #folder: string;
  readonly #runs: Runs;
  readonly #made = new Map<string, Promise<Outcome>>();

  /** @param folder below which the runs are made; those that are there already are judged again and used */
  constructor(folder: string, runs: Runs) {
    this.#folder = folder;
    this.#runs = runs;
  }

  /** What came of the clean run; it is for the caller to see that it passed. */
  clean(name: string): Promise<Outcome> {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  async #make(name: string): Promise<Outcome> {
    const folder = join(this.#folder, name);
    const run = join(folder, 'run');
    if (existsSync(join(run, 'run.json'))) return judged(run);
    await mkdir(folder, { recursive: true });
    if (name === SIXTY_THOUSAND) {
      await writeSixtyThousand(run);
      return judged(run);
    }
    const first = await this.#runs.run(folder, name);
    if (first.verdict === 'pass') return first;
    // All that is made of it would be missed, be it for a busy machine or a defect: the second run tells which.
    process.stderr.write(
      `the clean run of ${name} is ${first.verdict ?? 'refused'}, once more: ${Object.keys(first.notPassed).join(', ')}\n`,
    );
    await rm(run, { recursive: true, force: true });
    return this.#runs.run(folder, name);
  }
}
