import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import system from '../../../services/system.ts';
import { freePorts } from '../../free-ports.ts';
import { type Receiver, startReceiver } from './otlp.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { ended, type Running, run, until } from './processes.ts';

const ROOT = join(import.meta.dirname, '../../..');

export type ServiceName = keyof typeof system.services;
const NAMES = Object.keys(system.services) as ServiceName[];

/** Settings of a stand-in that is neither slow nor fails of its own accord, as they are now and then. */
export const STEADY = { PROVIDER_SLOW_EVERY: '0', PROVIDER_ERROR_PERCENT: '0' };

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape
  readonly body: any;
  readonly traceId: string;
}

/** The whole shop as the stack would run it: real processes, a real PostgreSQL, an OTLP endpoint. No proxies. */
export interface Shop {
  readonly postgres: Postgres;
  readonly receiver: Receiver;
  readonly ports: Readonly<Record<ServiceName, number>>;
  readonly processes: Map<ServiceName, Running>;
  /** Starts a service again, with other settings. */
  restart(name: ServiceName, environment: Record<string, string>): Promise<void>;
  /** Sends a request in a new trace. */
  send(service: ServiceName, method: string, path: string, options?: SendOptions): Promise<Reply>;
  stop(): Promise<void>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly sampled?: boolean;
}

export async function startShop(
  environment: Partial<Record<ServiceName, Record<string, string>>> = {},
): Promise<Shop> {
  const [postgres, receiver, free] = await Promise.all([
    startPostgres(),
    startReceiver(),
    freePorts(NAMES.length),
  ]);
  const ports = Object.fromEntries(NAMES.map((name, index) => [name, free[index] ?? 0])) as Record<
    ServiceName,
    number
  >;
  const processes = new Map<ServiceName, Running>();

  const addresses = (name: ServiceName) =>
    system.edges
      .filter((edge) => edge.from === name)
      .map((edge) => [
        edge.variable,
        edge.to === 'database' ? postgres.url : `http://127.0.0.1:${ports[edge.to]}`,
      ]);
  const start = async (name: ServiceName, extra: Record<string, string> = {}) => {
    const env = {
      PATH: process.env['PATH'],
      PORT: `${ports[name]}`,
      ...Object.fromEntries(addresses(name)),
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      SEED: '7',
      ...extra,
    };
    const [, ...args] = system.services[name].command;
    const service = run(name, [process.execPath, ...args], { cwd: ROOT, env });
    processes.set(name, service);
    await until(
      () => `${name}: ${service.output()}`,
      async () => {
        if (service.child.exitCode !== null) throw new Error(`${name} ended: ${service.output()}`);
        return (await send(name, 'GET', '/ready', { sampled: false }).catch(() => undefined))?.status === 200;
      },
    );
  };
  const send: Shop['send'] = async (service, method, path, { body, headers = {}, sampled = true } = {}) => {
    const traceId = randomBytes(16).toString('hex');
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-${sampled ? '01' : '00'}`;
    const answer = await fetch(`http://127.0.0.1:${ports[service]}${path}`, {
      method,
      headers: { 'content-type': 'application/json', traceparent, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json(), traceId };
  };

  const stop = async () => {
    await Promise.all([...processes.values()].map((service) => service.stop()));
    await Promise.all([postgres.stop(), receiver.stop()]);
  };

  try {
    const command = [process.execPath, ...system.database.prepare.slice(1)];
    const env = { PATH: process.env['PATH'], DATABASE_URL: postgres.url, SEED: '7' };
    const prepare = run('prepare', command, { cwd: ROOT, env });
    if ((await ended(prepare)) !== 0) throw new Error(`prepare-database: ${prepare.output()}`);
    await Promise.all(NAMES.map((name) => start(name, environment[name])));
  } catch (thrown) {
    await stop();
    throw thrown;
  }

  return {
    postgres,
    receiver,
    ports,
    processes,
    send,
    async restart(name, extra) {
      await processes.get(name)?.stop();
      await start(name, extra);
    },
    stop,
  };
}
