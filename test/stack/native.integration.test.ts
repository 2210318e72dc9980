import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { PartDeath, Stack, StackOptions } from '../../harness/contracts.ts';
import { Interrupted, UserError } from '../../harness/errors.ts';
import { native } from '../../harness/stack/native.ts';
import { pollUntil } from '../../harness/stack/poll.ts';
import { allocatePorts, takenPorts } from '../../harness/stack/ports.ts';
import { listPids, readCommand, readProcess } from '../../harness/stack/process-scan.ts';
import { ensureTools } from '../../harness/stack/tools.ts';
import { leasedFolder } from '../../harness/temporary-names.ts';
import { startScript, temporaryFolder, untilLeaseIsGone } from './helpers.ts';
import { tinyOptions, tinySystem } from './tiny-system.ts';

beforeAll(() => ensureTools().then(() => undefined), 900_000);

/** A started stack that is stopped in any case. */
async function start(runFolder: string, changes: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await native.start(tinyOptions(runFolder, changes));
  onTestFinished(() => void stack.stop());
  return stack;
}

function log(runFolder: string, name: string): string {
  return readFileSync(join(runFolder, 'logs', `${name}.log`), 'utf8');
}

/** Asserts that nothing of the run is left: no process, no temporary folder. */
async function expectNothingLeft(runFolder: string): Promise<void> {
  const [lease = ''] = /(?<=lease )\w+/.exec(log(runFolder, 'keeper')) ?? [];
  expect(lease).toMatch(/^[0-9a-f]{16}$/);
  await untilLeaseIsGone(lease);
  const folder = leasedFolder(lease);
  expect(existsSync(folder)).toBe(false);
  // PostgreSQL's children leave their group and lose their environment; its command line names the folder.
  expect(listPids().filter((pid) => readCommand(pid).includes(folder))).toEqual([]);
}

async function environmentOf(stack: Stack, service: string): Promise<Record<string, string>> {
  const answer = await fetch(`${stack.serviceUrl(service)}/environment`);
  return (await answer.json()) as Record<string, string>;
}

function portOf(url: string | undefined): number {
  return Number(new URL(url ?? '').port);
}

test('comes up with everything connected, and stops without a trace', async () => {
  const runFolder = await temporaryFolder();
  const progress: string[] = [];
  const environment = { front: { OVERRIDDEN: 'option' } };
  const stack = await start(runFolder, { environment, onProgress: (line) => progress.push(line) });
  const deaths: PartDeath[] = [];
  stack.onDeath((death) => deaths.push(death));

  expect(stack.parts.map((part) => part.name).sort()).toEqual(
    ['back', 'collector', 'front', 'jaeger', 'postgres', 'toxiproxy'].sort(),
  );
  for (const part of stack.parts) {
    expect(readProcess(part.pid)?.group, part.name).toBe(part.pid);
    expect(
      progress.some((line) => line.startsWith(`${part.name} ready`)),
      part.name,
    ).toBe(true);
  }
  const [front, back] = [await environmentOf(stack, 'front'), await environmentOf(stack, 'back')];
  const toBack = stack.proxies.get('front-to-back');
  expect(front).toMatchObject({
    PORT: String(portOf(stack.entryUrl)),
    SEED: '42',
    NODE_ENV: 'production',
    NEXT_URL: `http://${toBack?.address}`,
    OTEL_SERVICE_NAME: 'front',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=chaoscope',
    FROM_SYSTEM: 'system',
    OVERRIDDEN: 'option',
    ...stack.environment,
  });
  expect(front).not.toHaveProperty('DATABASE_URL');
  expect(front).not.toHaveProperty('CHAOSCOPE_CACHE');
  const databaseProxy = stack.proxies.get('back-to-database')?.address;
  expect(back['DATABASE_URL']).toBe(`postgres://chaoscope@${databaseProxy}/tiny`);
  expect((await fetch(`${stack.entryUrl}/next`)).status).toBe(200);
  await toBack?.setEnabled(false);
  expect((await fetch(`${stack.entryUrl}/next`)).status).toBe(502);
  expect(log(runFolder, 'front')).toMatch(/ready asked with 00-[0-9a-f]{32}-[0-9a-f]{16}-00/);

  for (const url of [stack.databaseUrl, back['DATABASE_URL']]) {
    const client = new Client({ connectionString: url });
    await client.connect();
    expect((await client.query('SELECT seed FROM seeds')).rows).toEqual([{ seed: '42' }]);
    await client.end();
  }

  const ports = [stack.entryUrl, stack.jaegerUrl, stack.collectorMetricsUrl, stack.databaseUrl].map(portOf);
  expect(await takenPorts(ports)).toEqual(ports);
  expect(await stack.stop()).toEqual([]);
  expect(await stack.stop()).toEqual([]);
  expect(await takenPorts(ports)).toEqual([]);
  expect(log(runFolder, 'front')).toContain('flushed');
  expect(log(runFolder, 'keeper')).toContain('the harness has cleaned up');
  expect(deaths).toEqual([]);
  await expectNothingLeft(runFolder);
});

test('an orderly end of the harness is not needed: the keeper cleans up after kill -9', async () => {
  const runFolder = await temporaryFolder();
  const { child, told } = await startScript<{ urls: string[]; pids: number[] }>('run-native.ts', [runFolder]);
  expect(told.pids).toHaveLength(6);
  child.kill('SIGKILL');
  await pollUntil(
    async () => (log(runFolder, 'keeper').endsWith(' done\n') ? undefined : 'the keeper is at work'),
    { withinMs: 30_000 },
  );
  await expectNothingLeft(runFolder);
  expect(await takenPorts(told.urls.map(portOf))).toEqual([]);
  const keeper = log(runFolder, 'keeper');
  expect(keeper).toContain('Toxiproxy reset: status 204');
  expect(keeper).not.toContain('SIGKILL');
  expect(keeper.indexOf('SIGTERM to front')).toBeLessThan(keeper.indexOf('SIGINT to postgres'));
  expect(log(runFolder, 'front')).toContain('flushed');
});

test.each(['toxiproxy ready', 'postgres ready', 'back ready'])(
  'a kill -9 at `%s`, in the middle of the start, leaves nothing either',
  async (moment) => {
    const runFolder = await temporaryFolder();
    await expect(startScript('run-native.ts', [runFolder, moment])).rejects.toThrow('ended before it was up');
    await pollUntil(
      async () => (log(runFolder, 'keeper').endsWith(' done\n') ? undefined : 'the keeper is at work'),
      { withinMs: 30_000 },
    );
    await expectNothingLeft(runFolder);
  },
);

test('a service that ends at its start is an error with its log, and all else is stopped', async () => {
  const runFolder = await temporaryFolder();
  const failure = native.start(tinyOptions(runFolder, { environment: { front: { MODE: 'crash' } } }));
  await expect(failure).rejects.toMatchObject({ name: 'PartError', part: 'front', partKind: 'service' });
  await expect(failure).rejects.toThrow(/front ended \(exit code 7\).*cannot find the flux capacitor/s);
  expect(log(runFolder, 'back')).toContain('flushed');
  await expectNothingLeft(runFolder);
});

test('an interruption while a service is awaited ends the wait and stops all', async () => {
  const runFolder = await temporaryFolder();
  const controller = new AbortController();
  const onProgress = (line: string) =>
    line.startsWith('back ready') && controller.abort(new Interrupted('SIGINT'));
  const environment = { front: { MODE: 'never-ready' } };
  const options = tinyOptions(runFolder, { environment, onProgress, signal: controller.signal });
  await expect(native.start(options)).rejects.toThrow(Interrupted);
  await expectNothingLeft(runFolder);
});

test('a part that dies is told once, with its log, also to a listener that comes later', async () => {
  const runFolder = await temporaryFolder();
  const stack = await start(runFolder);
  const deaths: PartDeath[] = [];
  stack.onDeath((death) => deaths.push(death));
  const collector = stack.parts.find((part) => part.name === 'collector');
  process.kill(collector?.pid ?? 0, 'SIGKILL');
  await pollUntil(async () => (deaths.length > 0 ? undefined : 'lives'), { withinMs: 10_000 });
  expect(deaths).toMatchObject([{ part: { name: 'collector', kind: 'collector' }, how: 'signal SIGKILL' }]);
  expect(deaths[0]?.logTail).toContain('Everything is ready');
  const late: PartDeath[] = [];
  stack.onDeath((death) => late.push(death));
  expect(late).toEqual(deaths);
  expect(await stack.stop()).toEqual([]);
  expect(deaths).toHaveLength(1);
  await expectNothingLeft(runFolder);
});

test('a taken port is told before anything is started', async () => {
  const runFolder = await temporaryFolder();
  const base =
    [...(await allocatePorts(Array.from({ length: 20 }, (_, index) => `${index}`))).values()][0] ?? 0;
  const server = createServer().listen(base + 1, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const failure = native.start(tinyOptions(runFolder, { portBase: base }));
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(`${base + 1} (for front)`);
  expect(readdirSync(runFolder)).toEqual([]);
});

test('with a base the entry service listens where it was told to', async () => {
  const base =
    [...(await allocatePorts(Array.from({ length: 20 }, (_, index) => `${index}`))).values()][0] ?? 0;
  const stack = await start(await temporaryFolder(), { portBase: base });
  expect(stack.serviceUrl('back')).toBe(`http://127.0.0.1:${base}`);
  expect(() => stack.serviceUrl('side')).toThrow('back, front');
  expect(await stack.stop()).toEqual([]);
});

test('a service must not take the name of a part', async () => {
  const [service] = Object.values(tinySystem.services);
  if (service === undefined) throw new Error('the tiny system has no service');
  const system = { ...tinySystem, services: { jaeger: service }, edges: [], entry: 'jaeger' };
  await expect(native.start(tinyOptions('/nonexistent', { system }))).rejects.toThrow(
    /must not be called jaeger/,
  );
});
