import { execFile } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { pollUntil } from '../../harness/stack/poll.ts';
import { findLeased } from '../../harness/stack/process-scan.ts';
import { buildId, toolModules } from '../../harness/stack/tool-modules.ts';
import { ensureTools, findTools, toolVersions } from '../../harness/stack/tools.ts';
import { startScript, temporaryFolder } from './helpers.ts';

const fakeGo = join(import.meta.dirname, 'fake-go.sh');
const script = join(import.meta.dirname, 'ensure-tools.ts');
const names = ['vegeta'] as const;

afterEach(() => void vi.unstubAllEnvs());

/** A cache of its own, and a Go that behaves as told. */
async function fakeBuilds(build: string, version = 'go1.26.9') {
  const cache = await temporaryFolder();
  const log = join(cache, 'builds');
  vi.stubEnv('FAKE_GO_LOG', log);
  vi.stubEnv('FAKE_GO_BUILD', build);
  vi.stubEnv('FAKE_GO_VERSION', version);
  const count = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0);
  return { options: { names, cache, go: fakeGo }, tools: join(cache, 'tools'), count };
}

/** What a build that did not succeed must not leave: its work, its lock, a tool. */
function remains(tools: string): string[] {
  return readdirSync(tools).filter((name) => name !== 'build.log');
}

test('the real Go builds a tool that runs; afterwards nothing is built or told', async () => {
  const cache = await temporaryFolder();
  const lines: string[] = [];
  const options = { names, cache, onProgress: (line: string) => lines.push(line) };
  const { vegeta } = await ensureTools(options);
  expect(vegeta.version).toBe(toolVersions().vegeta);
  expect(lines[0]).toBe(`step 1 of 1: building vegeta ${vegeta.version}`);
  expect(lines.at(-1)).toMatch(/^step 1 of 1: built vegeta in \d+ s$/);
  await promisify(execFile)(vegeta.path, ['--version']);
  lines.length = 0;
  expect((await ensureTools(options)).vegeta.path).toBe(vegeta.path);
  expect(lines).toEqual([]);
  const built = (await findTools({ cache })).filter((tool) => tool.built).map((tool) => tool.name);
  expect(built).toEqual(['vegeta']);
}, 300_000);

test('three processes at once build once and all get the tool', async () => {
  const { options, count } = await fakeBuilds('works');
  const runs = await Promise.all(
    [1, 2, 3].map(() => promisify(execFile)(process.execPath, [script, options.cache, fakeGo])),
  );
  expect(count()).toBe(1);
  const told = runs.map(({ stdout }) => JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  expect(new Set(told.map(({ vegeta }) => vegeta.path)).size).toBe(1);
  expect(told.filter(({ lines }) => lines.length > 0)).toHaveLength(1);
});

test('an abort kills the build with its children and leaves nothing behind', async () => {
  const { options, tools, count } = await fakeBuilds('hang');
  const controller = new AbortController();
  const building = ensureTools({ ...options, signal: controller.signal });
  const halfBuilt = join(tools, 'building-vegeta-*', 'vegeta');
  await pollUntil(async () => (globSync(halfBuilt).length > 0 ? undefined : 'not begun'), {
    withinMs: 10_000,
  });
  const [lease = ''] = /(?<=lease )\w+/.exec(readFileSync(join(tools, 'build.log'), 'utf8')) ?? [];
  expect(findLeased(lease).size).toBeGreaterThanOrEqual(2);
  controller.abort(new Error('interrupted'));
  await expect(building).rejects.toThrow('interrupted');
  expect(findLeased(lease).size).toBe(0);
  expect(remains(tools)).toEqual([]);
  vi.stubEnv('FAKE_GO_BUILD', 'works');
  await ensureTools(options);
  expect(count()).toBe(2);
});

test('after a kill -9 in the middle of a build the next run builds anew', async () => {
  const { options, tools } = await fakeBuilds('hang');
  const { child } = await startScript('ensure-tools.ts', [options.cache, fakeGo]);
  const halfBuilt = join(tools, 'building-vegeta-*', 'vegeta');
  await pollUntil(async () => (globSync(halfBuilt).length > 0 ? undefined : 'not begun'), {
    withinMs: 10_000,
  });
  child.kill('SIGKILL');
  vi.stubEnv('FAKE_GO_BUILD', 'works');
  const { vegeta } = await ensureTools(options);
  expect(existsSync(vegeta.path)).toBe(true);
  const gone = async () => {
    const left = globSync(join(tools, 'building-*'));
    return left.length === 0 ? undefined : left.join();
  };
  await pollUntil(gone, { withinMs: 15_000 });
}, 60_000);

test('a tool that does not run is not taken into the cache', async () => {
  const { options, tools } = await fakeBuilds('broken');
  await expect(ensureTools(options)).rejects.toThrow(
    /built but does not run: `vegeta --version`.*I am broken/s,
  );
  expect(remains(tools)).toEqual([]);
});

test('a failed build tells the words of Go and the remedy', async () => {
  const { options, tools } = await fakeBuilds('fail');
  const failure = ensureTools(options);
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(/exit code 1\):\nno space left on device\nIf modules/);
  expect(remains(tools)).toEqual([]);
});

test('a missing or old Go and a cache that cannot be written are told with the remedy', async () => {
  const { options, count } = await fakeBuilds('works', 'go1.20.3');
  const old = ensureTools(options);
  await expect(old).rejects.toThrow(UserError);
  await expect(old).rejects.toThrow(/Go 1\.20\.3 is too old: .* need 1\.26/);
  await expect(ensureTools({ ...options, go: 'no-such-go' })).rejects.toThrow(/Go is not installed.*Install/);
  vi.stubEnv('FAKE_GO_VERSION', 'go1.27.0');
  await expect(ensureTools({ ...options, cache: fakeGo })).rejects.toThrow(
    /cannot be written.*CHAOSCOPE_CACHE/,
  );
  expect(count()).toBe(0);
});

test('every tool has a version, and a build of its own for each Go', () => {
  for (const version of Object.values(toolVersions())) expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
  const ids = toolModules().flatMap((module) => [buildId(module, '1.26.8'), buildId(module, '1.26.9')]);
  expect(new Set(ids).size).toBe(ids.length);
});
