/** The order in which the native stack comes up. */
import { chmod, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EdgeProxy } from '../contracts.ts';
import { UserError } from '../errors.ts';
import { PIPELINE_EDGES } from '../pipeline.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkRecording, collectorPart } from './collector.ts';
import { runCommand } from './command.ts';
import { configurationError, configurationNames } from './configuration-error.ts';
import { answers } from './http-probe.ts';
import { jaegerPart } from './jaeger.ts';
import { collectorOptions, hasProxy, jaegerOptions, type NativeRun } from './native-run.ts';
import type { PartSpec } from './part.ts';
import { createDatabase, databaseUrl, preparePostgres } from './postgres.ts';
import { PROJECT_ROOT } from './project-root.ts';
import { resolveNode, servicePart } from './services.ts';
import { createProxies } from './toxiproxy.ts';

const PREPARE_MS = 120_000;

/** Starts what the services need, all at the same time, since none of it needs another to start. */
export async function startInfrastructure(run: NativeRun): Promise<Map<string, EdgeProxy>> {
  const failed = new AbortController();
  const signal = AbortSignal.any([run.options.signal, run.parts.deathSignal, failed.signal]);
  const errors: unknown[] = [];
  const steps = [startDatabase, startJaeger, startCollector, startToxiproxy].map((step) =>
    step(run, signal).catch((error: unknown) => {
      errors.push(error);
      failed.abort(error);
    }),
  );
  // Wait for all even when one fails: the clean-up must know of every process that was started.
  await Promise.all(steps);
  run.options.signal.throwIfAborted();
  // What the user can mend says more than the death of a part that came of it.
  const mendable = errors.find((error) => error instanceof UserError);
  if (mendable !== undefined) throw mendable;
  signal.throwIfAborted();
  const { layout, options } = run;
  const request = (name: string, upstream: number) => ({
    name,
    listen: `127.0.0.1:${layout.edge(name)}`,
    upstream: `127.0.0.1:${upstream}`,
  });
  const pipeline = {
    'services-to-collector': layout.collector.otlpHttp,
    'collector-to-jaeger': layout.jaeger.otlpGrpc,
  };
  return createProxies(toxiproxyUrl(run), [
    ...options.system.edges.map(({ id, to }) =>
      request(id, to === 'database' ? layout.postgres : layout.service(to)),
    ),
    ...PIPELINE_EDGES.filter(({ id }) => hasProxy(run, id)).map(({ id }) => request(id, pipeline[id])),
  ]);
}

/** Starts the services in the order of the description, each when the one before is ready. */
export async function startServices(run: NativeRun, proxies: ReadonlyMap<string, EdgeProxy>): Promise<void> {
  const { options, layout, parts } = run;
  const signal = AbortSignal.any([options.signal, parts.deathSignal]);
  for (const [name, service] of Object.entries(options.system.services)) {
    const spec = servicePart(service, {
      system: options.system,
      name,
      port: layout.service(name),
      address: (edge) => proxies.get(edge.id)?.address ?? '',
      collectorUrl: `http://${proxies.get('services-to-collector')?.address ?? `127.0.0.1:${layout.collector.otlpHttp}`}`,
      seed: options.seed,
      environment: options.environment?.[name] ?? {},
      logFile: parts.logFile(name),
    });
    await startPart(run, spec, signal);
  }
}

async function startDatabase(run: NativeRun, signal: AbortSignal): Promise<void> {
  const { database } = run.options.system;
  if (database === undefined) return;
  const { layout, lease, parts, temporaryFolder: folder } = run;
  await mkdir(folder);
  // Whatever the umask: when root runs this, PostgreSQL is another user.
  await chmod(folder, 0o755);
  const logFile = parts.logFile('postgres');
  const spec = await preparePostgres({ folder, logFile, port: layout.postgres }, lease, signal);
  await startPart(run, spec, signal);
  await createDatabase(layout.postgres, database.name);
  if (database.prepare === undefined) return;
  await runCommand(
    {
      name: 'prepare',
      kind: 'database',
      command: resolveNode(database.prepare),
      environment: {
        ...baseEnvironment(),
        DATABASE_URL: databaseUrl(layout.postgres, database.name),
        SEED: String(run.options.seed),
      },
      folder: PROJECT_ROOT,
      logFile: parts.logFile('prepare'),
      withinMs: PREPARE_MS,
    },
    lease,
    signal,
  );
  run.options.onProgress(`database ${database.name} prepared`);
}

async function startJaeger(run: NativeRun, signal: AbortSignal): Promise<void> {
  const spec = jaegerPart(jaegerOptions(run));
  await startPart(run, spec, signal).catch((error: unknown) => {
    throw configurationError('Jaeger', configurationNames(run.options).jaeger, error);
  });
}

async function startCollector(run: NativeRun, signal: AbortSignal): Promise<void> {
  const options = collectorOptions(run);
  await startPart(run, collectorPart(options), signal).catch((error: unknown) => {
    throw configurationError('the Collector', options.configurationName, error);
  });
  await checkRecording(options);
}

async function startToxiproxy(run: NativeRun, signal: AbortSignal): Promise<void> {
  const { layout, lease, parts, tools } = run;
  lease.setToxiproxy(toxiproxyUrl(run));
  await startPart(
    run,
    {
      name: 'toxiproxy',
      kind: 'proxy',
      command: [
        tools.toxiproxy.path,
        '-host',
        '127.0.0.1',
        '-port',
        String(layout.toxiproxy),
        // Which connections a toxic hits, and its jitter: by the run's seed.
        '-seed',
        String(run.options.seed),
      ],
      // Its heap is small and CPU is what counts here: collect garbage less often.
      environment: { ...baseEnvironment(), LOG_LEVEL: 'warn', GOGC: '400', GOMAXPROCS: '1' },
      folder: resolve(run.options.runFolder),
      logFile: parts.logFile('toxiproxy'),
      ready: answers(`${toxiproxyUrl(run)}/version`),
      readyWithinMs: 15_000,
      stopWithinMs: 5_000,
    },
    signal,
  );
}

async function startPart(run: NativeRun, spec: PartSpec, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  await run.parts.start(spec, signal);
  run.options.onProgress(`${spec.name} ready (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

function toxiproxyUrl(run: NativeRun): string {
  return `http://127.0.0.1:${run.layout.toxiproxy}`;
}
