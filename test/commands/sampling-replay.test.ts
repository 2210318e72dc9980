import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../analysis/sampling-design/replayed.ts';
import { doubtsOf, type ReplayReport, type ReplayResult } from '../../commands/lib/sampling/replay.ts';
import { replayText } from '../../commands/lib/sampling/replay-text.ts';
import { type FixtureRun, makeRun, SYSTEM } from '../evidence/fixture.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

const replay = (...args: readonly string[]) =>
  execa(process.execPath, [join(ROOT, 'cli.ts'), 'sampling', 'replay', ...args], {
    reject: false,
    stdin: 'ignore',
  });

let run: FixtureRun;
/** Without an archive. */
let bare: FixtureRun;
beforeAll(async () => {
  run = await makeRun({ run: { faults: [] } });
  bare = await makeRun({ run: { faults: [] }, without: ['archive'] });
});
afterAll(() => {
  run.remove();
  bare.remove();
});

describe('chaoscope sampling replay', { timeout: 60_000 }, () => {
  it('refuses what cannot be replayed, before anything is started', async () => {
    const refusals: [readonly string[], RegExp][] = [
      [['none'], /none does not exist\. Give the folder of a run/],
      [[bare.folder], /the archive of this run is missing \(left out by the fixture\)/],
      [[run.folder, '--speed', '0.5'], /Allowed: a number from 1 to 100/],
      [[run.folder, '--env', 'A'], /--env 'A': allowed is NAME=VALUE/],
    ];
    for (const [args, message] of refusals) {
      const { stdout, stderr, exitCode } = await replay(...args);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/internal error|\n {4}at /);
      expect([stdout, exitCode]).toEqual(['', 2]);
    }
  });

  it('refuses a configuration that is none, a speed that is too fast, and a folder that is in use', async () => {
    const used = join(run.folder, 'used');
    mkdirSync(join(used, 'A'), { recursive: true });
    writeFileSync(join(used, 'A', 'note'), '');
    try {
      const refusals: [readonly string[], RegExp][] = [
        [['--collector-config', 'none.yaml'], /--collector-config none\.yaml: .*ENOENT/],
        [
          ['--collector-config', join(run.folder, 'run.json')],
          /the section `service` with its pipelines is missing/,
        ],
        [['--out', used], /used\/A is not empty/],
      ];
      for (const [args, message] of refusals) {
        const { stdout, stderr, exitCode } = await replay(run.folder, ...args);
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/internal error|\n {4}at /);
        expect([stdout, exitCode]).toEqual(['', 2]);
      }
    } finally {
      rmSync(used, { recursive: true });
    }
  });
});

const classOf = (promise: string | null, traces: number, whole: number, part = 0) => ({
  promise,
  traces,
  whole,
  part,
  predicted: whole + part,
  unpredicted: 0,
});

const OUTCOME: Outcome = {
  classes: [
    classOf('health', 20, 0),
    classOf('error', 25, 25),
    classOf('slow', 62, 62),
    classOf('rest', 5893, 293),
  ],
  others: classOf(null, 531, 27),
  lost: [],
  disagreements: 0,
  examples: [],
  keptSpans: 4000,
  counters: {
    acceptedSpans: 27_895,
    refusedSpans: 0,
    evictedTraces: 0,
    lateSpans: 0,
    exportFailedSpans: 0,
    cpuS: 1.234,
    peakMemoryBytes: 150 * 1_048_576,
  },
};

function resultOf(label: string, more: Partial<ReplayResult> = {}): ReplayResult {
  return {
    label,
    collectorConfig: `${label}.yaml`,
    folder: label,
    decisionWaitS: 10,
    notes: ['tail_sampling: decision_wait 10 s -> 1 s'],
    sent: {
      batches: 512,
      spans: 27_895,
      recordedS: 64.2,
      latestMs: 12.3,
      givenUp: { spans: 0, why: undefined },
    },
    received: { messages: 40, bytes: 1_000_000, wireBytes: 200_000 },
    settled: { ok: true, waitedS: 4, detail: '' },
    outcome: OUTCOME,
    againstRun: { same: 380, different: 0, onlyRun: 0, onlyReplay: 0, examples: [] },
    warnings: [],
    doubts: [],
    ...more,
  };
}

it('prints what was kept, lost and spent, side by side', async () => {
  const lossy: Outcome = {
    ...OUTCOME,
    classes: [
      classOf('health', 20, 20),
      classOf('error', 25, 24, 1),
      classOf('slow', 62, 3),
      classOf('rest', 5893, 0),
    ],
    lost: [{ promise: 'slow', stage: 'no-policy-keeps-it', traces: 59 }],
    disagreements: 1,
    examples: [{ traceId: 'ab'.repeat(16), predicted: 'keep', policy: 'errors', observed: 'part' }],
    counters: { ...OUTCOME.counters, cpuS: null, peakMemoryBytes: null, evictedTraces: 7 },
  };
  const report: ReplayReport = {
    run: { id: 'the-run', scenario: 'fixture', folder: 'runs/the-run' },
    promises: SYSTEM.promises,
    speed: 10,
    isAsSent: true,
    original: OUTCOME,
    replays: [
      resultOf('A'),
      resultOf('B', {
        outcome: lossy,
        againstRun: { same: 27, different: 1, onlyRun: 352, onlyReplay: 20, examples: [] },
        sent: { ...resultOf('B').sent, givenUp: { spans: 9, why: 'status 503' } },
        doubts: ['a batch was sent 3.0 s of the recording too late'],
      }),
    ],
  };
  const text = replayText(report, 110);
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'golden', 'sampling-replay.txt'));
  expect(text.split('\n').filter((line) => line.length > 110)).toEqual([]);
  expect(replayText({ ...report, isAsSent: false }, 110)).toMatch(
    /the batches are made of the recorded spans/,
  );
});

it.each<[string, Partial<ReplayResult>, number, RegExp | undefined]>([
  ['is as it should be', {}, 1, undefined],
  [
    'sent a batch too late',
    { sent: { ...resultOf('A').sent, latestMs: 2600 } },
    1,
    /2\.6 s .*too late \(allowed: 2\.5 s\)/,
  ],
  [
    'did so by the clock of the recording',
    { sent: { ...resultOf('A').sent, latestMs: 260 } },
    10,
    /2\.6 s .*too late/,
  ],
  [
    'did not come to rest',
    { settled: { ok: false, waitedS: 60, detail: 'the queue is full' } },
    1,
    /rest: the queue is full/,
  ],
  ['holds no span', { sent: { ...resultOf('A').sent, spans: 0 } }, 1, /holds no span/],
  [
    'lost spans on the way',
    { sent: { ...resultOf('A').sent, spans: 27_900 } },
    1,
    /5 spans fewer than it was sent/,
  ],
])('a replay that %s', (_what, more, speed, doubt) => {
  const doubts = [...doubtsOf(resultOf('A', more), OUTCOME, speed)];
  expect(doubts).toEqual(doubt === undefined ? [] : [expect.stringMatching(doubt)]);
});
