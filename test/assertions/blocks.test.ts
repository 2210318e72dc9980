/** A run with --blocks 2: baseline 10 s, fault 15 s, baseline 10 s, fault 15 s, recovery 20 s. */
import { describe, expect, it } from 'vitest';
import { windowSeries } from '../../analysis/statistics/window-series.ts';
import breakerOpenedAndClosed from '../../assertions/breaker-opened-and-closed.ts';
import cascadeContained from '../../assertions/cascade-contained.ts';
import degradedAsDeclared from '../../assertions/degraded-as-declared.ts';
import loadAchieved from '../../assertions/load-achieved.ts';
import recovered from '../../assertions/recovered.ts';
import retriesBounded from '../../assertions/retries-bounded.ts';
import type { BoundAssertion, Finding, Phase, PhaseName } from '../../harness/contracts.ts';
import { requestFigures } from '../../harness/result-tables.ts';
import { makeRun, type RunSpec, START_US, type Tables } from '../evidence/fixture.ts';
import { judgeRun } from './judge-run.ts';

const S = 1e6;
const LENGTHS: readonly (readonly [PhaseName, number])[] = [
  ['baseline', 10],
  ['fault', 15],
  ['baseline', 10],
  ['fault', 15],
  ['recovery', 20],
];

const PHASES: readonly Phase[] = LENGTHS.map(([name, seconds], index) => {
  const startUs = START_US + LENGTHS.slice(0, index).reduce((sum, [, each]) => sum + each * S, 0);
  return { name, startUs, endUs: startUs + seconds * S };
});

const FAULTS = PHASES.filter(({ name }) => name === 'fault').map(({ startUs, endUs }) => ({
  on: 'payment-to-stripe',
  id: 'latency',
  parameters: { ms: 3750 },
  fromUs: startUs + 20_000,
  untilUs: endUs + 20_000,
}));

/** Fifty reads a second, each at its time, in 20 ms, but for what `change` makes of them by phase, block and second. */
function blocks(
  change: (at: { phase: PhaseName; block: number; second: number; index: number }) => {
    ms?: number;
    status?: number;
  } = () => ({}),
): RunSpec {
  const requests = Array.from(
    { length: 70 * 50 },
    () => ({ route: 'product-read', phase: 'baseline' }) as const,
  );
  const mutate = ({ ledger }: Tables): void => {
    ledger.forEach((row, seq) => {
      const dueUs = START_US + seq * 20_000;
      const at = PHASES.findIndex(({ endUs }) => dueUs < endUs);
      const { name, startUs } = PHASES[at] ?? { name: 'recovery' as const, startUs: START_US };
      const { ms = 20, status = 200 } = change({
        phase: name,
        block: Math.floor(at / 2),
        second: Math.floor((dueUs - startUs) / S),
        index: seq % 50,
      });
      Object.assign(row, { phase: name, due_us: dueUs, sent_us: dueUs + 150, latency_us: ms * 1000, status });
    });
  };
  return {
    requests,
    mutate,
    run: {
      phases: PHASES,
      faults: FAULTS,
      load: { driver: 'vegeta', rate: 50, timeoutMs: 10_000, planned: requests.length },
    },
  };
}

const judge = (assertion: BoundAssertion, spec: RunSpec): Promise<Finding> => judgeRun(assertion, spec);
const reads = cascadeContained.with({ routes: ['product-read'] });

describe('with blocks', () => {
  it('the windows know their block', async () => {
    const run = await makeRun(blocks());
    try {
      const windows = await windowSeries(await run.open(), 'product-read');
      expect(windows.map(({ phase, block, second }) => `${phase} ${block} ${second}`)).toEqual(
        PHASES.flatMap(({ name, startUs, endUs }, at) =>
          Array.from(
            { length: (endUs - startUs) / S },
            (_, second) => `${name} ${name === 'recovery' ? 0 : Math.floor(at / 2)} ${second}`,
          ),
        ),
      );
      expect(windows.every(({ requests }) => requests === 50)).toBe(true);
    } finally {
      run.remove();
    }
  });

  it('the rate is that of all stretches, none counted twice', async () => {
    const run = await makeRun(blocks());
    try {
      expect(await requestFigures(await run.open())).toMatchObject({ sent: 3500, rate: 50 });
    } finally {
      run.remove();
    }
    expect((await judge(loadAchieved.with({}), blocks())).figures['ratePerS'] ?? 50).toBeCloseTo(50, 1);
  });

  it('a fault that touches nothing passes', async () => {
    expect(await judge(reads, blocks())).toMatchObject({
      verdict: 'pass',
      figures: { 'product-read.baselineWindows': 15, 'product-read.faultWindows': 30 },
    });
  });

  it('one that touches the route in each block fails', async () => {
    const touched = blocks(({ phase }) => (phase === 'fault' ? { ms: 400 } : {}));
    expect(await judge(reads, touched)).toMatchObject({
      verdict: 'fail',
      because: 'product-read became slower: p99 400 ms under the fault, allowed 130 ms',
    });
  });

  it('one that touches it in the second block only does not pass', async () => {
    const touched = blocks(({ phase, block }) => (phase === 'fault' && block === 1 ? { status: 503 } : {}));
    expect((await judge(reads, touched)).verdict).toBe('fail');
  });

  it('the aftermath of a fault is not the baseline of the next', async () => {
    // Were its first five seconds taken for the usual, 3 s would be allowed.
    const aftermath = blocks(({ phase, block, second }) =>
      phase === 'baseline' && block === 1 && second < 5 ? { ms: 2000 } : {},
    );
    expect(await judge(reads, aftermath)).toMatchObject({
      verdict: 'pass',
      figures: { 'product-read.limitMs': 130.225 },
    });
  });

  it('bad seconds at the end of one block and the start of the next are no run of them', async () => {
    const stumbles = blocks(({ phase, block, second }) =>
      phase === 'fault' && ((block === 0 && second === 14) || (block === 1 && second < 2)) ? { ms: 900 } : {},
    );
    const strict = cascadeContained.with({ routes: ['product-read'], maxBadWindowsInARow: 2 });
    expect(await judge(strict, stumbles)).toMatchObject({
      verdict: 'pass',
      figures: { 'product-read.faultBadWindows': 3, 'product-read.faultBadWindowsInARow': 2 },
    });
  });

  it('the recovery counts from the last fault, beside the first baseline', async () => {
    const back = recovered.with({ routes: ['product-read'] });
    const slowBetween = blocks(({ phase, block, second }) =>
      phase === 'fault' || (phase === 'baseline' && block === 1 && second < 9) ? { ms: 3000 } : {},
    );
    expect(await judge(back, slowBetween)).toMatchObject({
      verdict: 'pass',
      figures: { 'product-read.limitMs': 190.3, 'product-read.recoveredAfterS': 0 },
    });
    const never = blocks(({ phase }) => (phase === 'recovery' ? { ms: 3000 } : {}));
    expect((await judge(back, never)).verdict).toBe('fail');
  });

  it('a route that is ill after a fault was not ill before', async () => {
    const declared = degradedAsDeclared.with({
      routes: { 'product-read': { minGoodPercent: 99 } },
      undeclared: ['order-create', 'health'],
    });
    const failing = blocks(({ phase, block }) =>
      phase === 'baseline' && block === 1 ? { status: 503 } : {},
    );
    expect((await judge(declared, failing)).verdict).toBe('pass');
  });

  it('retries under the fault are counted in each block', async () => {
    const finding = await judge(
      retriesBounded.with({ edges: { 'gateway-to-inventory': { maxAmplification: 1.2, maxAttempts: 3 } } }),
      blocks(),
    );
    expect(finding.verdict).not.toBe('error');
    expect(JSON.stringify(finding.figures)).not.toContain('null');
  });

  it('the breaker is followed in each block', async () => {
    const finding = await judge(
      breakerOpenedAndClosed.with({ edge: 'payment-to-stripe', span: 'payment.charge' }),
      blocks(),
    );
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toMatch(/^block 1: no span .*; block 2: no span /);
  });
});
