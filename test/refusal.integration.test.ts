/** A run that is refused has exit code 2, says why, and leaves neither a folder nor a process. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findLeased } from '../harness/stack/process-scan.ts';

const ROOT = join(import.meta.dirname, '..');

let folder: string;
/** Leases of other runs on the machine. */
let others: ReadonlySet<string>;
beforeEach(async () => {
  others = new Set(findLeased().values());
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function run(...args: readonly string[]) {
  const out = join(folder, 'below', 'run');
  const { exitCode, all } = await execa(
    process.execPath,
    [join(ROOT, 'cli.ts'), 'run', 'stripe-slow', '--out', out, ...args],
    { cwd: folder, reject: false, stdin: 'ignore', all: true },
  );
  return { exitCode, all, out };
}

function left(): readonly number[] {
  return [...findLeased()].filter(([, lease]) => !others.has(lease)).map(([pid]) => pid);
}

async function changed(file: string, from: string, to: string): Promise<string> {
  const text = await readFile(join(ROOT, 'config', file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(folder, file), text.replace(from, to));
  return file;
}

test.each([
  [
    'by the Collector before it starts',
    async () => [
      '--collector-config',
      await changed('collector.yaml', '  tail_sampling:', '  tail_samplingg:'),
    ],
    /^chaoscope: the Collector .*\(--collector-config collector\.yaml\):\n.*unknown type: "tail_samplingg"/s,
  ],
  [
    'by Jaeger before it starts',
    async () => ['--jaeger-config', await changed('jaeger.yaml', 'max_traces:', 'max_tracess:')],
    /^chaoscope: Jaeger .*\(--jaeger-config jaeger\.yaml\):\n.*invalid keys: max_tracess/s,
  ],
  [
    'for a port that is taken',
    async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const address = server.address();
      return ['--port-base', String(typeof address === 'object' ? address?.port : 0)];
    },
    /^chaoscope: --port-base \d+: taken on 127\.0\.0\.1/,
  ],
  [
    'by the Collector when it starts',
    async () => [
      '--collector-config',
      await changed('collector.yaml', 'type: status_code', 'type: horoscope'),
    ],
    /chaoscope: the Collector .*\(--collector-config collector\.yaml\):\n.*horoscope.*stopped again, and the run folder is removed\./s,
  ],
])('%s', async (_what, args, message) => {
  const { exitCode, all } = await run(...(await args()));
  expect(all).toMatch(message);
  expect(all).not.toMatch(/internal error/);
  expect(exitCode).toBe(2);
  expect(existsSync(join(folder, 'below'))).toBe(false);
  expect(left()).toEqual([]);
});

test('by a service when it starts: its log is shown, stays, and is named', async () => {
  const { exitCode, all, out } = await run('--env', 'payment-service:PORT=nonsense');
  expect(all).toContain(`Everything that had been started is stopped again. Logs of the run: ${out}`);
  expect(exitCode).toBe(2);
  expect(await readdir(join(out, 'logs'))).toContain('payment-service.log');
  expect(left()).toEqual([]);
});
