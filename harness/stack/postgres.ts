/** PostgreSQL: a new cluster in a temporary folder, tuned for a database that is thrown away after the run. */
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { UserError } from '../errors.ts';
import { baseEnvironment } from './base-environment.ts';
import { runCommand } from './command.ts';
import type { Lease } from './lease.ts';
import type { PartSpec } from './part.ts';
import type { Probe } from './poll.ts';
import {
  findPostgresBinaries,
  isOpenToOthers,
  type PostgresBinaries,
  postgresUser,
  reachableBinaries,
} from './postgres-binaries.ts';

/** Owner of all databases; needs no password, for only this machine can connect. */
export const DATABASE_USER = 'chaoscope';

const INITDB_MS = 60_000;

/** A throw-away database survives no crash, so nothing waits for the disk. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // No sockets in the file system: nothing to collide with, nothing to leave behind.
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
  // In the data folder instead of /dev/shm, so that it goes with it.
  dynamic_shared_memory_type: 'mmap',
};

/** Makes the cluster below `folder` (which exists and is temporary), and says how to start the server on `port`. */
export async function preparePostgres(
  options: { readonly folder: string; readonly logFile: string; readonly port: number },
  lease: Lease,
  signal: AbortSignal,
): Promise<PartSpec> {
  const user = postgresUser();
  if (user !== undefined && !(await isOpenToOthers(options.folder))) {
    throw new UserError(
      `PostgreSQL runs as the user nobody here, since it refuses to run as root, and cannot enter ${options.folder}. ` +
        'Set TMPDIR to a folder that all users may enter, such as /tmp.',
    );
  }
  const binaries = await reachableBinaries(await findPostgresBinaries(), user, options.folder);
  const data = join(options.folder, 'postgres-data');
  await mkdir(data, { mode: 0o700 });
  if (user !== undefined) await chown(data, user.uid, user.gid);
  const common = {
    name: 'postgres',
    kind: 'database' as const,
    environment: baseEnvironment(),
    folder: data,
    logFile: options.logFile,
    ...(user === undefined ? {} : { user }),
  };
  await runCommand({ ...common, command: initdb(binaries, data), withinMs: INITDB_MS }, lease, signal);
  return {
    ...common,
    command: [
      binaries.postgres,
      '-D',
      data,
      '-p',
      String(options.port),
      ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    ready: connects(options.port),
    readyWithinMs: 30_000,
    // `Fast shutdown`: ends the sessions. SIGTERM would wait until each client leaves by itself.
    stopSignal: 'SIGINT',
    stopWithinMs: 10_000,
  };
}

/** Connection string of a database, directly at the server. */
export function databaseUrl(port: number, name: string): string {
  return `postgres://${DATABASE_USER}@127.0.0.1:${port}/${name}`;
}

/** Creates an empty database. */
export async function createDatabase(port: number, name: string): Promise<void> {
  await withClient(port, async (client) => {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
}

function initdb(binaries: PostgresBinaries, data: string): string[] {
  return [
    binaries.initdb,
    `--pgdata=${data}`,
    `--username=${DATABASE_USER}`,
    '--auth=trust',
    '--encoding=UTF8',
    // The same order of text on every machine.
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
}

function connects(port: number): Probe {
  return async () => {
    await withClient(port, async (client) => {
      await client.query('SELECT 1');
    });
    return undefined;
  };
}

async function withClient(port: number, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl(port, 'postgres'),
    connectionTimeoutMillis: 2_000,
    query_timeout: 20_000,
  });
  // A server that goes away while a connection is open is told by the query that fails, too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
