import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from './errors.ts';

/**
 * The things of a plural folder, where one thing is one file and the file's name is its id: the folder itself is
 * the registry, so that adding a thing means adding a file.
 */
export class Registry<Thing> {
  readonly #folder: string;
  readonly #noun: string;

  /** `noun` is what an error message calls such a thing, e.g. `scenario`. */
  constructor(folder: string, noun: string) {
    this.#folder = folder;
    this.#noun = noun;
  }

  /** Ids in alphabetical order. */
  async ids(): Promise<readonly string[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => entry.name.slice(0, -'.ts'.length))
      .sort();
  }

  /** The default export of the file of that name; a UserError that lists what exists when there is none. */
  async get(id: string): Promise<Thing> {
    const ids = await this.ids();
    if (!ids.includes(id)) {
      throw new UserError(`no ${this.#noun} is called '${id}'. There are: ${ids.join(', ')}.`);
    }
    const module: { readonly default?: Thing } = await import(
      pathToFileURL(join(this.#folder, `${id}.ts`)).href
    );
    if (module.default === undefined) {
      throw new Error(`${join(this.#folder, `${id}.ts`)} has no default export; a ${this.#noun} needs one`);
    }
    return module.default;
  }
}
