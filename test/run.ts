/**
 * The test command: every check of the project, one after the other, since some of them use the whole machine. All run,
 * even after one failed; the last line counts, and the exit code is 1 when anything failed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { untilStopped } from '../commands/lib/until-stopped.ts';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** A vitest run: each test counts; else the step counts as one. */
  readonly vitest?: true;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const ROOT = join(import.meta.dirname, '..');
/** How long a run of a step may take to clean up when it is stopped. */
const STOP_MS = 150_000;
const SMOKE = ['--rate', '100', '--baseline', '8', '--fault', '14', '--recovery', '10'] as const;

async function main(signal: AbortSignal): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-test-'));
  const steps: readonly Step[] = [
    { name: 'formatting and lint', command: ['biome', 'ci', '.'] },
    { name: 'types', command: ['tsc', '-p', '.'] },
    { name: 'unit and contract tests', command: ['vitest', 'run', '--project', 'unit'], vitest: true },
    { name: 'tools', command: ['node', 'cli.ts', 'tools'] },
    {
      name: 'integration tests on the real parts',
      command: ['vitest', 'run', '--project', 'integration'],
      vitest: true,
    },
    {
      name: 'sabotages, on evidence and on the real parts',
      command: ['vitest', 'run', '--project', 'sabotage'],
      vitest: true,
    },
    {
      name: 'the main job, 100 requests a second',
      command: ['node', 'cli.ts', 'run', 'stripe-slow', ...SMOKE, '--out', join(folder, 'run')],
    },
  ];
  const total = { passed: 0, failed: 0 };
  const failures: string[] = [];
  try {
    for (const [index, step] of steps.entries()) {
      process.stdout.write(`\n== step ${index + 1} of ${steps.length}: ${step.name}\n`);
      const started = Date.now();
      const count = await runStep(step, join(folder, `step-${index}.json`), signal);
      signal.throwIfAborted();
      total.passed += count.passed;
      total.failed += count.failed;
      if (count.failed > 0) failures.push(step.name);
      process.stdout.write(
        `== ${count.failed === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - started) / 1000)} s\n`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (failures.length > 0) process.stdout.write(`\nfailed: ${failures.join('; ')}\n`);
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  return failures.length === 0 ? 0 : 1;
}

async function runStep(
  { command: [program, ...args], vitest }: Step,
  reportFile: string,
  signal: AbortSignal,
): Promise<Count> {
  const reporters = vitest
    ? ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
    : [];
  const { exitCode } = await execa(program, [...args, ...reporters], {
    cwd: ROOT,
    preferLocal: true,
    reject: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    cancelSignal: signal,
    forceKillAfterDelay: STOP_MS,
  });
  if (!vitest) return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const count = await vitestCount(reportFile);
  // A file that cannot even be loaded, or no tests at all, fails without any failed test.
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

async function vitestCount(reportFile: string): Promise<Count> {
  try {
    const report: { numPassedTests: number; numFailedTests: number } = JSON.parse(
      await readFile(reportFile, 'utf8'),
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

process.exitCode = await untilStopped(main);
