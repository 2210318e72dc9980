import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes } from '../../commands/lib/sampling/design-options.ts';
import { makeRun } from '../evidence/fixture.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

const design = (...args: readonly string[]) =>
  execa(process.execPath, [join(ROOT, 'cli.ts'), 'sampling', 'design', ...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-design-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('chaoscope sampling design', { timeout: 30_000 }, () => {
  it("prints the exercise's strategy and a configuration for it", async () => {
    const { stdout, stderr, exitCode } = await design();
    await expect(stdout).toMatchFileSnapshot(join(import.meta.dirname, 'golden', 'sampling-design.txt'));
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('takes shares, an overlap, a price and sizes, and writes the configuration once', async () => {
    const options =
      '--rate 500 --errors 2% --slow 4% --overlap 1% --health 10% --base 1% --bytes 8kB --price 2 --out new.yaml --json';
    const { stdout, exitCode } = await design(...options.split(' '));
    const result = JSON.parse(stdout);
    expect(result.strategy.rows.map(({ kept }: { kept: { tracesPerS: number } }) => kept.tracesPerS)).toEqual(
      [0, 10, 15, 4.25],
    );
    expect(result.strategy.kept.moneyPerDay).toBeCloseTo((29.25 * 86_400 * 8000 * 2) / 1e9, 9);
    expect(result).toMatchObject({ schema: 1, bytesFrom: 'given', findings: [] });
    expect(await readFile(join(folder, 'new.yaml'), 'utf8')).toBe(result.yaml);
    expect(result.yaml).toContain('sampling_percentage: 1\n');
    expect(exitCode).toBe(0);
    const again = await design('--out', 'new.yaml');
    expect([again.exitCode, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toMatch(/--out new\.yaml: it exists already/);
  });

  it('measures a run, and says what it kept', async () => {
    const run = await makeRun({ run: { faults: [] } });
    try {
      const { stdout, stderr, exitCode } = await design(run.folder, '--rate', '1000');
      expect(stderr).toBe('');
      expect(stdout).toMatch(
        /What the run fixture \(fixture\) really kept, by its archive: 400 requests in 70 s/,
      );
      expect(stdout).toMatch(/^error +17 +4\.25 % +100 % +100 % +17 +0 +42\.5 +26\.7 to 67 /m);
      expect(stdout).toMatch(/Bytes a trace are not measured/);
      expect(exitCode).toBe(0);
    } finally {
      run.remove();
    }
  });

  it('exits with 1 when the lint calls the configuration wrong', async () => {
    const { stdout, exitCode } = await design('--decision-wait', '3s');
    expect(stdout).toMatch(/^error {2}the configuration:\d+ {2}decision-wait-too-short$/m);
    expect(exitCode).toBe(1);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no run', ['none'], /none does not exist\. Give the folder of a run/],
    ['an overlap of more than there is', ['--overlap', '1%'], /failed and slow are more/],
    ['more than all', ['--errors', '60%', '--slow', '60%'], /more than 100 % together/],
    ['a size without a number', ['--bytes', 'kB'], /Allowed: a size from 1B to 1000MB/],
    ['a wait that the sampler would cut', ['--decision-wait', '1500ms'], /Allowed: whole seconds/],
    ['a file that cannot be made', ['--out', 'no/where.yaml'], /--out no\/where\.yaml: /],
  ])('refuses %s', async (_what, args, message) => {
    const { stdout, stderr, exitCode } = await design(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
    expect([stdout, exitCode]).toEqual(['', 2]);
  });
});

it('reads sizes', () => {
  expect(['10kB', '10000', '8KiB', '1.5 kB', '1MB'].map(bytes)).toEqual([
    10_000, 10_000, 8192, 1500, 1_000_000,
  ]);
  for (const wrong of ['', '0', '10 GB', '10gb', '-1', '2000MB'])
    expect(() => bytes(wrong)).toThrow(/Allowed/);
});
