import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bottlenecksSchema } from '../../commands/lib/bottlenecks/schema.ts';
import { experiments } from '../../commands/lib/bottlenecks/validation/experiments.ts';
import type { Prediction } from '../../commands/lib/bottlenecks/validation/schema.ts';
import { validationText } from '../../commands/lib/bottlenecks/validation/text.ts';
import { exitCodeOf, summary } from '../../commands/lib/bottlenecks/validation/validate.ts';
import shop from '../../services/system.ts';
import { exerciseText } from '../analysis/bottlenecks/exercise.ts';
import { type FixtureRun, makeRun } from '../evidence/fixture.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const golden = join(import.meta.dirname, 'golden', 'bottlenecks-exercise.txt');

let folder: string;
let run: FixtureRun;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-bottlenecks-'));
  // Its faults are not those of faults/.
  run = await makeRun({ run: { faults: [] } });
  await writeFile(join(folder, 'trace.json'), exerciseText('Jaeger UI export'));
  await writeFile(join(folder, 'other.json'), '{"a": 1}');
});
afterAll(async () => {
  run.remove();
  await rm(folder, { recursive: true, force: true });
});

const chaoscope = (...args: readonly string[]) =>
  execa(process.execPath, [join(ROOT, 'cli.ts'), 'bottlenecks', ...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });

describe('chaoscope bottlenecks', { timeout: 60_000 }, () => {
  it("says what the exercise's trace needs", async () => {
    const { stdout, stderr, exitCode } = await chaoscope('trace.json');
    await expect(stdout).toMatchFileSnapshot(golden);
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('prints JSON that fits its schema, of a file and of a run', async () => {
    for (const args of [['trace.json'], [run.folder, '--route', 'order-create', '--phase', 'fault']]) {
      const { stdout, exitCode } = await chaoscope(...args, '--json');
      const report = bottlenecksSchema.parse(JSON.parse(stdout));
      expect(report.routes).toHaveLength(1);
      expect(report.routes[0]?.findings.length).toBeGreaterThan(0);
      expect(exitCode).toBe(0);
    }
  });

  it.each<[string, readonly string[], RegExp]>([
    ['nothing', [], /takes either the folder of a run or a file with traces, or --validate/],
    ['both', ['trace.json', '--validate'], /takes either/],
    ['no file', ['none.json'], /none\.json does not exist/],
    ['a file that is no trace', ['other.json'], /other\.json is no trace that can be read\. Allowed are/],
    ['a folder that is no run', ['.'], /\. is no run folder/],
    ['a phase of a file', ['trace.json', '--phase', 'fault'], /a file with traces has none/],
    ['a route that no trace has', ['trace.json', '--route', 'x'], /there are: 'POST \/api\/orders'/],
    [
      'an unknown mitigation',
      ['--validate', '--mitigation', 'prayer'],
      /There are: batch-stock-check, outbox/,
    ],
  ])('refuses %s', async (_what, args, message) => {
    const { stdout, stderr, exitCode } = await chaoscope(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
    expect([stdout, exitCode]).toEqual(['', 2]);
  });

  it('refuses a route and a phase that the run does not have, both at once', async () => {
    const { stderr, exitCode } = await chaoscope(run.folder, '--route', 'x', '--phase', 'y');
    expect(stderr).toMatch(/'x' is no route of shop; there are: product-read, order-create, health/);
    expect(stderr).toMatch(/'y' is no phase of the run; there are: baseline, fault, recovery/);
    expect(exitCode).toBe(2);
  });
});

describe('predicted beside measured', () => {
  const row = (phase: Prediction['phase'], error: number | null, orders = 50): Prediction => {
    const percentile = {
      asIsMs: 100,
      predictedMs: 50,
      measuredMs: error === null ? null : 50 + 100 * error,
      errorShare: error,
    };
    return { mitigations: ['outbox'], scenario: 's', phase, orders, p50: percentile, p95: percentile };
  };

  it('is within the target or not, by the mean of the errors', () => {
    const good = summary('f', [row('baseline', 0.125), row('fault', 0.0625)], 100);
    expect(good.meanAbsoluteError).toEqual({ baseline: 0.125, fault: 0.0625, all: 0.09375 });
    expect(exitCodeOf(good)).toBe(0);
    expect(exitCodeOf(summary('f', [row('baseline', 0.2), row('fault', 0.05)], 100))).toBe(1);
  });

  it('is inconclusive without data, or with too few orders', () => {
    expect(exitCodeOf(summary('f', [], 100))).toBe(3);
    expect(exitCodeOf(summary('f', [row('fault', null), row('fault', 0)], 100))).toBe(3);
    expect(exitCodeOf(summary('f', [row('fault', 0, 19)], 100))).toBe(3);
  });

  it('is inconclusive when it misses on a machine that was busy', () => {
    const doubts = [{ run: 'x-naive', because: 'the machine was saturated' }];
    expect(exitCodeOf(summary('f', [row('fault', 0.2)], 100, doubts))).toBe(3);
    expect(exitCodeOf(summary('f', [row('fault', 0.1)], 100, doubts))).toBe(0);
    expect(validationText(summary('f', [row('fault', 0.2)], 100, doubts))).toContain(
      '- x-naive: the machine was saturated',
    );
  });

  it('is a table to be kept', () => {
    const text = validationText(summary('runs/f', [row('fault', 0.05), row('baseline', null)], 100));
    expect(text).toMatch(/^\| with +\|/);
    expect(text).toContain('| outbox | s | fault | 50 | 100 | 50 | 55 | 5 % | 100 | 50 | 55 | 5 % |');
    expect(text).toContain('| ? | ? |');
    expect(text).toMatch(/target is at most 10 %/);
  });

  it('is of mitigations and scenarios that there are', async () => {
    const known = shop.mitigations.map(({ id }): string => id);
    for (const { mitigations, scenario } of experiments) {
      expect(known).toEqual(expect.arrayContaining([...mitigations]));
      await expect(import(`../../scenarios/${scenario}.ts`)).resolves.toBeDefined();
    }
  });
});
