/** The Collector of one replay, with the receiver that stands for its backends. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { baseEnvironment } from '../stack/base-environment.ts';
import { collectorPart } from '../stack/collector.ts';
import { configurationError } from '../stack/configuration-error.ts';
import { validated } from '../stack/native-check.ts';
import type { PartSpec } from '../stack/part.ts';
import { PartSet } from '../stack/part-set.ts';
import { allocatePorts } from '../stack/ports.ts';
import { ensureTools } from '../stack/tools.ts';
import { type ReplayConfiguration, replayConfiguration } from './configuration.ts';
import type { CollectorOrder } from './order.ts';
import { BackendReceiver, type Received } from './receiver.ts';

export interface ReplayCollector extends AsyncDisposable {
  readonly pid: number;
  readonly otlpUrl: string;
  readonly metricsUrl: string;
  /** What came out of it, frames of OTLP protobuf; complete after `stop`. */
  readonly keptFile: string;
  /** What of the configuration was changed for the replay. */
  readonly notes: readonly string[];
  readonly received: Received;
  /** Aborts when the replay is stopped, or when the Collector dies. */
  readonly signal: AbortSignal;
  /** Ends it, and what came out is complete. May be called again. */
  stop(): Promise<void>;
}

const STOP_MS = 60_000;

/**
 * Starts it. The user's own file is checked first, as it is, so that a mistake in it is told in the Collector's words and not
 * hidden by what the replay changes.
 * @throws UserError when the Collector refuses the configuration, or when it cannot be replayed
 */
export async function startCollector(order: CollectorOrder): Promise<ReplayCollector> {
  const { host, folder, label, collectorConfig } = order;
  const { cleanup, lease, signal } = host;
  const tools = await ensureTools({ names: ['collector'], signal });
  const names = ['collector (OTLP)', 'collector (metrics)', 'collector (health)'];
  const [otlpHttp = 0, metrics = 0, health = 0] = (await allocatePorts(names)).values();
  const ports = { otlpHttp, metrics, health };
  const part = (configuration: string) => partOf(order, tools.collector.path, ports, configuration);
  await validated('the Collector', collectorConfig, part(resolve(collectorConfig)), signal);

  const keptFile = join(folder, 'files', 'kept.otlp.zst');
  const receiver = await BackendReceiver.start(keptFile);
  cleanup.register(`receiver of replay ${label}`, () => receiver.close(), STOP_MS);
  const { yaml, notes } = await changed(order, ports, receiver.port);
  const configuration = join(folder, 'configuration', 'replayed.yaml');
  await writeFile(configuration, yaml);
  const parts = new PartSet(lease, join(folder, 'logs'));
  let stopping: Promise<void> | undefined;
  const stop = () => {
    // Once only: its number may be another process's by the time of the clean-up.
    stopping ??= parts.stop(['collector'], () =>
      order.message(`${label}: the Collector did not end in time and was killed`),
    );
    return stopping;
  };
  cleanup.register(`collector of replay ${label}`, stop, STOP_MS);
  const alive = AbortSignal.any([signal, parts.deathSignal]);
  await parts.start(part(configuration), alive).catch((error: unknown) => {
    throw configurationError('the Collector', collectorConfig, error);
  });
  const end = async () => {
    await stop();
    await receiver.close();
  };
  return {
    pid: parts.parts[0]?.pid ?? 0,
    otlpUrl: `http://127.0.0.1:${otlpHttp}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    keptFile,
    notes,
    get received() {
      return receiver.received;
    },
    signal: alive,
    stop: end,
    [Symbol.asyncDispose]: end,
  };
}

interface Ports {
  readonly otlpHttp: number;
  readonly metrics: number;
  readonly health: number;
}

/** As of a run, with the variables that the user gives. */
function partOf(order: CollectorOrder, program: string, ports: Ports, configuration: string): PartSpec {
  const { folder, collectorConfig, environment } = order;
  const spec = collectorPart({
    program,
    configuration,
    configurationName: collectorConfig,
    ports,
    // Nothing listens there, and nothing is sent there: the configuration that runs has the receiver instead.
    jaegerOtlpPort: ports.otlpHttp,
    recordingFile: join(folder, 'files', 'recording.otlp.zst'),
    folder,
    logFile: join(folder, 'logs', 'collector.log'),
  });
  return { ...spec, environment: { ...spec.environment, ...environment } };
}

async function changed(
  { collectorConfig, folder, speed, environment }: CollectorOrder,
  ports: Ports,
  receiverPort: number,
): Promise<ReplayConfiguration> {
  const text = await readFile(collectorConfig, 'utf8');
  try {
    return replayConfiguration(
      text,
      { ...ports, backendUrl: `http://127.0.0.1:${receiverPort}`, folder: join(folder, 'files') },
      { speed, environment: { ...baseEnvironment(), ...environment } },
    );
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${collectorConfig}: ${messageOf(error)}`) : error;
  }
}
