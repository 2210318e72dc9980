import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../harness/evidence/database.ts';
import { removeTemporary, temporaryFolder } from '../../harness/evidence/temporary.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const module = (path: string) => JSON.stringify(join(ROOT, path));

let run: string;
let evidence: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'chaoscope-fixture-'));
  evidence = join(run, 'evidence');
  mkdirSync(evidence);
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

/** Pid of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

/** A process that takes a temporary folder, writes into it, says so, and goes on with `then`. */
async function use(then: string): Promise<{ code: number | null; left: readonly string[] }> {
  const script = `
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { temporaryFolder } from ${module('harness/evidence/temporary.ts')};
    import { untilSignal } from ${module('commands/lib/until-signal.ts')};
    const folder = temporaryFolder(${JSON.stringify(run)});
    mkdirSync(folder);
    writeFileSync(folder + '/spilled', 'x');
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    expect(readdirSync(evidence)).toHaveLength(1);
    child.kill(line === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM');
  }
  const [code] = await ended;
  return { code, left: readdirSync(evidence) };
}

const UNTIL_SIGNAL = `void untilSignal(() => new Promise(() => setInterval(() => undefined, 1000)));`;

test('is not made before it is needed, and differs for each', () => {
  const folders = [temporaryFolder(run), temporaryFolder(run)];
  expect(new Set(folders).size).toBe(2);
  expect(folders.map((folder) => folder.startsWith(join(evidence, `.tmp-${process.pid}-`)))).toEqual([
    true,
    true,
  ]);
  expect(readdirSync(evidence)).toEqual([]);
  for (const folder of folders) removeTemporary(folder);
});

test('a database that spills makes it; removed after that, nothing is left', async () => {
  const folder = temporaryFolder(run);
  const database = await openDatabase(':memory:', folder);
  await database.run("SET memory_limit = '40MB'");
  await database.run('CREATE TABLE t AS SELECT range, md5(range::VARCHAR) FROM range(1500000)');
  expect(existsSync(folder)).toBe(true);
  database.close();
  removeTemporary(folder);
  expect(readdirSync(evidence)).toEqual([]);
});

describe('a process that ends', () => {
  test('by itself leaves nothing', async () => {
    expect(await use('process.exitCode = 3;')).toEqual({ code: 3, left: [] });
  });

  test('by a signal leaves nothing, and has the exit code of an interruption', async () => {
    expect(await use(`${UNTIL_SIGNAL} console.log('ready');`)).toEqual({ code: 130, left: [] });
  });

  test('by SIGKILL leaves its folder, which the next one removes', async () => {
    const { left } = await use(`${UNTIL_SIGNAL} console.log('SIGKILL');`);
    expect(left).toHaveLength(1);
    removeTemporary(temporaryFolder(run));
    expect(readdirSync(evidence)).toEqual([]);
  });
});

test('what is no left folder, or one of a process that lives, stays', () => {
  const names = [`.tmp-${process.pid}-99`, '.tmp-x', '.tmp-', 'ledger.parquet', `.tmp-${deadPid()}`];
  for (const name of [...names, `.tmp-${deadPid()}-1`]) mkdirSync(join(evidence, name));
  removeTemporary(temporaryFolder(run));
  expect(readdirSync(evidence).sort()).toEqual(names.sort());
});

test.skipIf(process.getuid?.() === 0)(
  "a run's folder in which nothing can be written has it elsewhere",
  () => {
    spawnSync('chmod', ['a-w', evidence]);
    const folder = temporaryFolder(run);
    expect(folder.startsWith(join(tmpdir(), `chaoscope-evidence-${process.pid}-`))).toBe(true);
    removeTemporary(folder);
  },
);
