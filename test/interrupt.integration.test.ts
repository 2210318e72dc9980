/**
 * What happens to a run that is stopped, killed, or loses a part: nothing may be left behind, and the end must be
 * clear. The command line is the real one, at a low rate.
 */
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa, type ResultPromise } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Result } from '../harness/contracts.ts';
import { takenPorts } from '../harness/stack/ports.ts';
import { findLeased, readCommand } from '../harness/stack/process-scan.ts';
import { isTemporary } from '../harness/temporary-names.ts';

const ROOT = join(import.meta.dirname, '..');
const SHORT = ['--rate', '30', '--warmup', '0', '--baseline', '4', '--fault', '60', '--recovery', '5'];
const BRIEF = ['--rate', '30', '--warmup', '0', '--baseline', '2', '--fault', '2', '--recovery', '2'];
const PORT_BASE = 24_000;
const PORTS = 40;

interface Started {
  readonly folder: string;
  readonly child: ResultPromise<{ cwd: string; all: true; reject: false; stdin: 'ignore' }>;
  /** Resolves when the run says something that matches. */
  said(pattern: RegExp): Promise<void>;
}

async function startRun(phases: readonly string[] = SHORT): Promise<Started> {
  const parent = await mkdtemp(join(tmpdir(), 'chaoscope-test-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, 'run');
  const child = execa(
    process.execPath,
    ['cli.ts', 'run', 'stripe-slow', ...phases, '--port-base', String(PORT_BASE), '--out', folder],
    { cwd: ROOT, all: true, reject: false, stdin: 'ignore' },
  );
  let text = '';
  child.all.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const said = async (pattern: RegExp): Promise<void> => {
    const deadline = Date.now() + 60_000;
    while (!pattern.test(text)) {
      if (Date.now() > deadline || child.exitCode !== null)
        throw new Error(`the run never said ${pattern}:\n${text}`);
      await delay(50);
    }
  };
  return { folder, child, said };
}

/** What a run could leave: processes, ports, temporary folders. */
async function leftovers(): Promise<readonly string[]> {
  const processes = [...findLeased().keys()].map((pid) => `process ${pid}: ${readCommand(pid).join(' ')}`);
  const ports = await takenPorts(Array.from({ length: PORTS }, (_, index) => PORT_BASE + index));
  const folders = readdirSync(tmpdir()).filter(isTemporary);
  return [...processes, ...ports.map((port) => `port ${port}`), ...folders];
}

/** What the load driver and the database of the evidence have in the run's folder only while they work. */
function temporary(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(^|\/)(load-[^/]*|\.tmp-[^/]*)$/.test(path),
  );
}

/** The keeper works after the harness is gone: awaited, with a deadline. */
async function nothingLeft(): Promise<void> {
  const deadline = Date.now() + 30_000;
  let left = await leftovers();
  while (left.length > 0 && Date.now() < deadline) {
    await delay(200);
    left = await leftovers();
  }
  expect(left).toEqual([]);
}

/** Pid of a part of the running stack, by a word of its command. */
function pidOf(word: string): number {
  const found = [...findLeased().keys()].find((pid) => readCommand(pid).join(' ').includes(word));
  if (found === undefined) throw new Error(`no process of the run has '${word}' in its command`);
  return found;
}

const FAULT = /^fault \|/m;

describe('a run that is stopped', () => {
  it.each([
    ['Ctrl-C under the fault', 'SIGINT', FAULT],
    ['SIGTERM while the stack comes up', 'SIGTERM', /collector ready/],
    ['SIGTERM while the traces settle', 'SIGTERM', /^load ended/m, BRIEF],
  ] as const)('by %s cleans up and exits with 130', async (_what, signal, moment, phases = SHORT) => {
    const { folder, child, said } = await startRun(phases);
    await said(moment);
    child.kill(signal);
    const { exitCode, all } = await child;
    expect(exitCode).toBe(130);
    expect(all).toContain('everything is cleaned up');
    expect(all).toContain(`logs of the interrupted run: ${folder}\n`);
    await nothingLeft();
    expect(temporary(folder)).toEqual([]);
  });

  it.each([
    ['under the fault', FAULT],
    ['while the stack comes up', /toxiproxy ready/],
  ] as const)('by SIGKILL %s is cleaned up by the keeper', async (_what, moment) => {
    const { child, said } = await startRun();
    await said(moment);
    child.kill('SIGKILL');
    await child;
    await nothingLeft();
  });

  it('by SIGKILL at a random moment is cleaned up by the keeper', async () => {
    const { child } = await startRun();
    await delay(Math.random() * 12_000);
    child.kill('SIGKILL');
    await child;
    await nothingLeft();
  });
});

describe('a part that dies during the run', () => {
  it.each([
    { what: 'a service', word: 'services/payment.ts', part: 'payment-service', verdict: 'fail', exit: 1 },
    { what: 'the Collector', word: '/collector', part: 'collector', verdict: 'inconclusive', exit: 3 },
    { what: 'Jaeger', word: '/jaeger', part: 'jaeger', verdict: 'inconclusive', exit: 3 },
  ])('$what ends in a clear verdict', async ({ word, part, verdict, exit }) => {
    const { folder, child, said } = await startRun();
    await said(FAULT);
    process.kill(pidOf(word), 'SIGKILL');
    const { exitCode, all } = await child;
    const result: Result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
    expect(result.verdict).toBe(verdict);
    expect(exitCode).toBe(exit);
    expect(result.problem).toMatchObject({ part, message: `${part} died: signal SIGKILL` });
    // Nothing that was measured on a broken system counts as kept.
    expect(result.assertions.filter((each) => each.verdict === 'pass')).toEqual([]);
    expect(all).toContain(`the run is cut short: ${part} died`);
    await nothingLeft();
    expect(temporary(folder)).toEqual([]);
  });
});
