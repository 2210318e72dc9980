/** What a user gets wrong is answered with what to do, exit code 2 and no stack trace, before anything is made. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const NO_ARCHIVE = 'service: { pipelines: { traces: { receivers: [otlp], exporters: [file/recording] } } }\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
  await mkdir(join(folder, 'old'));
  await writeFile(join(folder, 'old', 'run.json'), '{"schema":1}');
  await writeFile(join(folder, 'no-archive.yaml'), NO_ARCHIVE);
  await writeFile(join(folder, 'no.yaml'), 'a: [');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const RUN = ['run', 'stripe-slow', '--out', 'new'];

test.each<[string, readonly string[], RegExp]>([
  ['a record that is none', ['judge', 'old'], /old\/run\.json is no record of a run .*at phases/s],
  ['the same, queried', ['query', 'old', 'select 1'], /old\/run\.json is no record of a run/],
  ['a folder without a run', ['judge', '.'], /is no run folder/],
  ['a folder that is not there', ['judge', 'none'], /^chaoscope: \S+\/none does not exist/],
  ['a command that is not there', ['rnu'], /unknown command 'rnu'[\s\S]*There are: .*judge.*run.*trace/],
  [
    'a run folder with something else in it',
    ['run', 'stripe-slow', '--out', '.'],
    /is not empty and holds no run/,
  ],
  ['a run folder that holds a run', ['run', 'stripe-slow', '--out', 'old'], /already holds a run/],
  [
    'no run folder',
    ['run', 'stripe-slow', '--out', ''],
    /'--out <dir>' argument '' is invalid\. Allowed: a path/,
  ],
  [
    'no edge of a matrix',
    ['matrix', '--edges', '', '--out', 'new'],
    /no edge is named\. There are: gateway-to-auth/,
  ],
  ['a setting without its parts', [...RUN, '--env', 'foo'], /--env 'foo': the service is missing/],
  ['a trace id that is none', ['trace', 'old', 'abc'], /'abc' is no trace id: it has 32 hex digits/],
  ['a query of nothing', ['query', 'old'], /query takes either a statement or --tables/],
  ['a query of both', ['query', 'old', 'select 1', '--tables'], /query takes either a statement or --tables/],
  [
    'a comparison of which a run is refused',
    ['compare', '--scenario', 'baseline', '--build', 'resilient', '--rate', '100000', '--out', 'runs'],
    /^chaoscope: the run \S+ was refused:\n.*at most 5000000/s,
  ],
  ['a folder as configuration', [...RUN, '--collector-config', 'old'], /old is no readable file/],
  ['a configuration that is not there', [...RUN, '--jaeger-config', 'none'], /none is no readable file/],
  [
    'a Collector without an archive',
    [...RUN, '--collector-config', 'no-archive.yaml'],
    /no-archive\.yaml: .*no pipeline of traces leads to an otlp/,
  ],
  [
    'a Jaeger configuration that is no YAML',
    [...RUN, '--jaeger-config', 'no.yaml'],
    /no\.yaml: .*not readable as YAML/,
  ],
])('%s', { timeout: 30_000 }, async (_what, args, message) => {
  const { exitCode, stderr } = await execa(process.execPath, [join(ROOT, 'cli.ts'), ...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
  });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/internal error|\n {4}at /);
  expect(exitCode).toBe(2);
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

test('the version and how to exit are said', { timeout: 30_000 }, async () => {
  const ask = async (...args: readonly string[]) =>
    (await execa(process.execPath, [join(ROOT, 'cli.ts'), ...args], { stdin: 'ignore' })).stdout;
  expect(await ask('--version')).toMatch(/^\d+\.\d+\.\d+$/);
  const help = await ask('run', '--help');
  expect(help.replace(/\s+/g, ' ')).toContain("requests per second (default: the scenario's own)");
  for (const code of [0, 1, 2, 3, 4, 70, 130]) expect(help).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  expect(help).not.toContain('[]');
});

test('one that reads no further, as head does, gets no stack trace', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, [join(ROOT, 'cli.ts'), 'list'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  expect({ exitCode, said }).toEqual({ exitCode: 0, said: '' });
});
