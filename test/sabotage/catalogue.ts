import { join } from 'node:path';
import { Registry } from '../../harness/registry.ts';
import type { Sabotage } from './contract.ts';

export interface Entry {
  readonly id: string;
  readonly sabotage: Sabotage;
}

const registry = new Registry<Sabotage>(join(import.meta.dirname, 'catalogue'), 'sabotage');

/** The entries of the catalogue, by id; all when no id is given. A UserError for an id that is not there. */
export async function entries(only?: readonly string[]): Promise<readonly Entry[]> {
  const ids = only ?? (await registry.ids());
  return Promise.all(ids.map(async (id) => ({ id, sabotage: await registry.get(id) })));
}
