/** The stack as processes of this machine, without containers: the driver `native`. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Cleanup } from '../cleanup.ts';
import type { EdgeProxy, Stack, StackDriver, StackOptions, System } from '../contracts.ts';
import { messageOf, NotRestored, UserError } from '../errors.ts';
import { partControls } from './controls.ts';
import { planLayout } from './layout.ts';
import { takeLease } from './lease.ts';
import { checkNative } from './native-check.ts';
import { registerCleanup } from './native-cleanup.ts';
import type { NativeRun } from './native-run.ts';
import { startInfrastructure, startServices } from './native-start.ts';
import { PartSet } from './part-set.ts';
import { databaseUrl } from './postgres.ts';
import { readPostgresVersion } from './postgres-binaries.ts';
import { ensureTools } from './tools.ts';

export const native: StackDriver = { id: 'native', check, start };

/** Names of the parts that are not services; they name log files and evidence, so no service may have them. */
const OWN_PARTS = ['postgres', 'jaeger', 'collector', 'toxiproxy', 'prepare', 'keeper'];

/**
 * Brings all parts up and resolves when each is ready. When one is not, all are stopped and it rejects: with UserError for a
 * taken port, a missing tool or a refused configuration, with PartError (log tail in it) for a part that does not come up or dies,
 * and with the signal's reason when that aborts. NotRestored, with that error as its cause, when the stopping did not succeed.
 */
async function start(options: StackOptions): Promise<Stack> {
  checkNames(options.system);
  const { signal, onProgress } = options;
  const tools = await ensureTools({ names: ['toxiproxy', 'collector', 'jaeger'], signal, onProgress });
  const layout = await planLayout(options.system, options.portBase, options.pipelineEdges);
  const runFolder = resolve(options.runFolder);
  const logFolder = join(runFolder, 'logs');
  await mkdir(logFolder, { recursive: true });

  // From here on something is to be undone, and from here on the keeper stands by.
  const lease = await takeLease({ logFile: join(logFolder, 'keeper.log') });
  const cleanup = new Cleanup();
  const parts = new PartSet(lease, logFolder);
  const temporaryFolder = registerCleanup({ cleanup, lease, parts, layout, options });
  const recordingFile = join(runFolder, 'recording.otlp.zst');
  const run = { options, tools, layout, lease, parts, temporaryFolder, recordingFile };
  try {
    signal.throwIfAborted();
    const proxies = await startInfrastructure(run);
    await startServices(run, proxies);
    return await describe(run, proxies, cleanup);
  } catch (error) {
    const problems = await cleanup.run();
    throw problems.length > 0 ? new NotRestored(problems, error) : error;
  }
}

/** See checkNative; also the names of the services. */
async function check(options: Parameters<StackDriver['check']>[0]): Promise<void> {
  checkNames(options.system);
  await checkNative(options);
}

function checkNames({ name: system, services }: System): void {
  const clash = Object.keys(services).filter((name) => OWN_PARTS.includes(name));
  if (clash.length === 0) return;
  throw new UserError(
    `${system}: a service must not be called ${clash.join(', ')}; rename it in the system description.`,
  );
}

async function describe(
  run: NativeRun,
  proxies: ReadonlyMap<string, EdgeProxy>,
  cleanup: Cleanup,
): Promise<Stack> {
  const { layout, tools, options, parts } = run;
  const { database, entry } = options.system;
  const serviceUrl = (name: string) => `http://127.0.0.1:${layout.service(name)}`;
  return {
    // Not a list of now: a part that a fault ended and started again is another process.
    get parts() {
      return parts.parts;
    },
    entryUrl: serviceUrl(entry),
    proxies,
    controls: partControls(run),
    sdkMetricsUrls: new Map(
      Object.entries(options.system.services).flatMap(([name, { metrics }]) =>
        metrics === undefined ? [] : [[name, `${serviceUrl(name)}${metrics}`]],
      ),
    ),
    jaegerUrl: `http://127.0.0.1:${layout.jaeger.queryHttp}`,
    collectorMetricsUrl: `http://127.0.0.1:${layout.collector.metrics}/metrics`,
    recordingFile: run.recordingFile,
    databaseUrl: database === undefined ? undefined : databaseUrl(layout.postgres, database.name),
    serviceUrl,
    tools: {
      node: process.version,
      toxiproxy: tools.toxiproxy.version,
      collector: tools.collector.version,
      jaeger: tools.jaeger.version,
      ...(database === undefined ? {} : { postgres: await readPostgresVersion().catch(messageOf) }),
    },
    environment: run.lease.environment,
    onDeath: (listener) => parts.onDeath(listener),
    stop: () => cleanup.run(),
  };
}
