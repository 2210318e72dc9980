/** The entry by name, on a Node that is too old and in a project that is not installed. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');
const BIN = 'bin/chaoscope.mjs';
const OLD = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
  await mkdir(join(folder, 'bin'));
  await copyFile(join(ROOT, BIN), join(folder, BIN));
  await writeFile(
    join(folder, 'cli.ts'),
    `import 'commander';\nprocess.stdout.write('started' as string);\n`,
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(join(folder, 'node_modules', file, '..'), { recursive: true });
    await writeFile(join(folder, 'node_modules', file), file.endsWith('.json') ? '{"main": "main.js"}' : '');
  }
}

async function start(isOld: boolean) {
  const preload = isOld ? ['--import', `data:text/javascript,${encodeURIComponent(OLD)}`] : [];
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [...preload, join(folder, BIN), 'list'],
    {
      reject: false,
      stdin: 'ignore',
    },
  );
  return { exitCode, stdout, lines: stderr.split('\n') };
}

const COMMANDER = ['commander/package.json', 'commander/main.js'] as const;

test('starts the program where all is there', async () => {
  await install(...COMMANDER);
  expect(await start(false)).toEqual({ exitCode: 0, stdout: 'started', lines: [''] });
});

test.each([
  ['a project that is not installed', false, [], /the project is not installed: run `npm ci` in .* first\.$/],
  ['the same on an old Node', true, [], /the project is not installed: run `npm ci` in .* first\.$/],
  ['a project that is installed in part', false, [COMMANDER[0]], /not installed as .*: run `npm ci` in/],
  [
    'an old Node beside the right one',
    true,
    [...COMMANDER, 'node/bin/node'],
    /this is Node 20\.1\.0, and Node 24 is needed\. It is installed .*npx chaoscope/,
  ],
  ['an old Node alone', true, COMMANDER, /this is Node 20\.1\.0, .*Run `npm ci` without --ignore-scripts/],
] as const)('%s: one clear line, exit code 2', async (_what, isOld, files, message) => {
  await install(...files);
  const { exitCode, stdout, lines } = await start(isOld);
  expect(lines).toEqual([expect.stringMatching(message)]);
  expect(lines[0]).toMatch(/^chaoscope: /);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('is what npm starts', () => {
  expect(manifest.bin).toEqual({ chaoscope: `./${BIN}` });
  expect(Object.values(manifest.scripts).filter((script) => script.includes('cli.ts'))).toEqual([]);
});
