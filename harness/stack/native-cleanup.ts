import { rm } from 'node:fs/promises';
import type { Cleanup } from '../cleanup.ts';
import type { StackOptions } from '../contracts.ts';
import { leasedFolder } from '../temporary-names.ts';
import type { Layout } from './layout.ts';
import type { Lease } from './lease.ts';
import type { PartSet } from './part-set.ts';
import { pollUntil } from './poll.ts';
import { takenPorts } from './ports.ts';

/** A minute for a part that is asked, then killed; parts have shorter deadlines of their own. */
const STOP_MS = 60_000;
const PORTS_MS = 5_000;

/**
 * Registers all that ends a stack, before any of it is started, in the order that makes the clean-up right: services first,
 * so that they flush to the Collector; then the Collector, which flushes to Jaeger; the database after those that use it; the
 * keeper last, since it stands by until nothing is left. Returns the temporary folder's name; the caller makes it.
 */
export function registerCleanup(context: {
  readonly cleanup: Cleanup;
  readonly lease: Lease;
  readonly parts: PartSet;
  readonly layout: Layout;
  readonly options: StackOptions;
}): string {
  const { cleanup, lease, parts, layout, options } = context;
  const temporaryFolder = leasedFolder(lease.id);
  lease.addFolder(temporaryFolder);

  cleanup.register('keeper', () => releaseLease(lease), STOP_MS);
  cleanup.register(
    `folder ${temporaryFolder}`,
    () => rm(temporaryFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
    STOP_MS,
  );
  cleanup.register('ports', () => verifyFree(layout), 2 * PORTS_MS);
  const stop = (names: readonly string[]) =>
    parts.stop(names, (name) => options.onProgress(`${name} did not end in time and was killed`));
  for (const name of ['postgres', 'jaeger', 'toxiproxy', 'collector']) {
    cleanup.register(name, () => stop([name]), STOP_MS);
  }
  cleanup.register('services', () => stop(Object.keys(options.system.services)), STOP_MS);
  return temporaryFolder;
}

async function releaseLease(lease: Lease): Promise<void> {
  const problem = await lease.release();
  if (problem !== undefined) throw new Error(problem);
}

/** A port that is still taken belongs to a process that got away. */
async function verifyFree(layout: Layout): Promise<void> {
  await pollUntil(
    async () => {
      const taken = await takenPorts(layout.ports);
      if (taken.length === 0) return undefined;
      return `still taken: ${taken.map((port) => `${port} (${layout.owner(port)})`).join(', ')}`;
    },
    { withinMs: PORTS_MS },
  );
}
