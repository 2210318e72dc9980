/** What a user gets wrong is answered with what to do, exit code 2 and no stack trace, before anything is made. */
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
