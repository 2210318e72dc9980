import type { EdgeProxy, Toxic } from '../../harness/contracts.ts';

/** Removes the toxic of that name if it is there; a revert must succeed whatever was applied. */
export async function removeToxic(proxy: EdgeProxy, name: string): Promise<void> {
  const { toxics } = await proxy.read();
  if (toxics.some((toxic) => toxic.name === name)) await proxy.removeToxic(name);
}

/**
 * Whether the proxy, read back, has the toxic (true) or none of its name (false). Throws when it has one of its name
 * that differs: that is neither the state after applying nor the one after reverting.
 */
export async function hasToxic(proxy: EdgeProxy, wanted: Toxic): Promise<boolean> {
  const { toxics } = await proxy.read();
  const found = toxics.find((toxic) => toxic.name === wanted.name);
  if (!found) return false;
  if (describe(found) !== describe(wanted)) {
    throw new Error(`the proxy ${proxy.name} has ${describe(found)}, not ${describe(wanted)}`);
  }
  return true;
}

function describe({ name, type, stream, toxicity, attributes }: Toxic): string {
  const values = Object.entries(attributes).toSorted(([a], [b]) => a.localeCompare(b));
  return `toxic ${name}: ${type} ${stream} toxicity ${toxicity} ${JSON.stringify(Object.fromEntries(values))}`;
}
