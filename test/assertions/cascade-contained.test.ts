import { describe, expect, it } from 'vitest';
import cascadeContained from '../../assertions/cascade-contained.ts';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { lag, saturate, silence } from './incredible-runs.ts';
import { changed, changedReads, FAILED, judgeRun, steadyReads } from './judge-run.ts';

const contained = cascadeContained.with({ routes: ['product-read'], deadlines: { 'order-create': 5000 } });
const reads = cascadeContained.with({ routes: ['product-read'] });
const faultReads = (latencyMs: number) =>
  changed(({ phase, route }) => phase === 'fault' && route === 'product-read', { latencyMs });
const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');
const oneOrder = (change: Partial<RequestSpec>) => changed((_, index) => index === firstFailed, change);

describe('cascade-contained', () => {
  it('passes when only the orders suffer', async () => {
    const finding = await judgeRun(contained);
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected:
        'product-read: response time <= baseline x 1.5 + 100 ms, good answers >= baseline - 0.5 points, worse in at most 10 % of the seconds and 3 in a row; every order-create answered within 5,000 + 250 ms',
      observed:
        'product-read p50 20 ms -> 20 ms -> 20 ms, good 100 % -> 100 % -> 100 %; order-create longest 3,060 ms of 17',
      figures: {
        'product-read.baselineMs': 20.15,
        'product-read.faultMs': 20.15,
        'product-read.baselineWindows': 20,
        'product-read.faultWindows': 30,
        'product-read.faultBadWindows': 0,
        'product-read.recoveryWindows': 15,
        'order-create.late': 0,
      },
    });
  });

  it('fails when a route that the fault must not touch becomes slower', async () => {
    const finding = await judgeRun(contained, { requests: faultReads(131) });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toBe('product-read became slower: p50 131 ms under the fault, allowed 130 ms');
  });

  it('is inconclusive when no fault was in force', async () => {
    const finding = await judgeRun(contained, { run: { faults: [] } });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'no fault was in force, so there was no damage to contain',
    });
  });

  it('passes just within the margin', async () => {
    const finding = await judgeRun(contained, { requests: faultReads(129) });
    expect(finding.verdict).toBe('pass');
  });

  it('fails when it fails more often, though no slower', async () => {
    const requests = changedReads('fault', 20, FAILED);
    const finding = await judgeRun(contained, { requests });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain('product-read failed more often');
  });

  it('counts requests without an answer as failed', async () => {
    const requests = changedReads('fault', 20, { status: 0, latencyMs: 20 });
    expect((await judgeRun(contained, { requests })).because).toContain('product-read failed more often');
  });

  it.each<[string, RunSpec, string]>([
    [
      'late',
      { requests: oneOrder({ latencyMs: 5300 }) },
      '1 order-create answer after the deadline and its grace of 250 ms',
    ],
    ['without an answer', { requests: oneOrder({ status: 0 }) }, '1 order-create request without an answer'],
  ])('fails when an order is %s', async (_, spec, because) => {
    const finding = await judgeRun(contained, spec);
    expect(finding).toMatchObject({ verdict: 'fail', because, examples: [traceIdOf(firstFailed)] });
  });

  it.each([
    [3, 'pass'],
    [4, 'fail'],
  ] as const)('with few requests %i bad answers: %s, however often a row is there', async (bad, verdict) => {
    const requests = changedReads('fault', bad, FAILED);
    expect((await judgeRun(contained, { requests })).verdict).toBe(verdict);
    const twice =
      (suits: (status: number | null) => boolean) =>
      ({ ledger }: Tables) =>
        void ledger.push(...ledger.filter(({ status }) => suits(status)).map((row) => ({ ...row })));
    const goodTwice = { requests, mutate: twice((status) => status === 200) };
    expect((await judgeRun(reads, goodTwice)).verdict).toBe(verdict);
    const badTwice = { requests, mutate: twice((status) => status === 503) };
    expect((await judgeRun(reads, badTwice)).verdict).toBe(verdict);
  });

  it('counts requests without a record as failed', async () => {
    const finding = await judgeRun(reads, { requests: changedReads('fault', 20, { status: null }) });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain('product-read failed more often under the fault');
    expect(finding.examples).toContain(traceIdOf(115));
  });

  it('is inconclusive when a route was ill before', async () => {
    const requests = changed(({ route }) => route === 'product-read', { status: 404 });
    expect(await judgeRun(contained, { requests })).toMatchObject({
      verdict: 'inconclusive',
      because: 'product-read was ill before: 0 % good answers in the baseline, 99 % are needed',
    });
    const failing = (bad: number) =>
      steadyReads('baseline', (second, index) => second < bad && index === 0, FAILED);
    expect((await judgeRun(reads, { requests: failing(10) })).verdict).toBe('pass');
    expect((await judgeRun(reads, { requests: failing(11) })).verdict).toBe('inconclusive');
  });

  describe('is inconclusive, not failed,', () => {
    const slow = faultReads(400);
    const gaveUp = { status: 0, latencyMs: 9000 };

    it.each<[string, RunSpec, string]>([
      [
        'when the machine was saturated',
        { requests: slow, mutate: saturate(20) },
        'allowed 130 ms; but the machine was saturated in the phase fault (1 % idle)',
      ],
      [
        'when it was in the baseline',
        { requests: slow, mutate: saturate(0, 20) },
        'the machine was saturated in the phase baseline (1 % idle)',
      ],
      [
        'when the generator lagged',
        { mutate: lag('fault', 600) },
        'product-read became slower: p50 620 ms under the fault, allowed 130 ms; but the generator lagged in the phase fault (p99 600 ms above 100 ms)',
      ],
      [
        'when the gauges end too soon',
        { requests: slow, mutate: silence(40) },
        'no gauge says how busy the machine was in the phase fault',
      ],
      [
        'when a late order may be its fault',
        { requests: oneOrder({ latencyMs: 5300 }), mutate: saturate(20) },
        '1 order-create answer after the deadline and its grace of 250 ms; but the machine was saturated',
      ],
      [
        'when an order may have been given up for its sake',
        { requests: oneOrder(gaveUp), mutate: saturate(20) },
        '1 order-create request without an answer; but the machine was saturated',
      ],
    ])('%s', async (_, spec, because) => {
      const finding = await judgeRun(contained, spec);
      expect(finding.verdict).toBe('inconclusive');
      expect(finding.because).toContain(because);
    });

    it('but what is no question of time fails', async () => {
      const failed = changedReads('fault', 20, FAILED);
      expect((await judgeRun(contained, { requests: failed, mutate: saturate(20) })).verdict).toBe('fail');
      const refused = oneOrder({ status: 0, latencyMs: 20 });
      expect((await judgeRun(contained, { requests: refused, mutate: saturate(20) })).verdict).toBe('fail');
    });

    it.each([
      [
        'answered after 5.3 s',
        'with a saturated machine for a while',
        'inconclusive',
        { latencyMs: 5300 },
        [22, 24],
      ],
      ['answered after 5.3 s', 'with one that is saturated later', 'fail', { latencyMs: 5300 }, [33, 35]],
      [
        'given up after 9 s',
        'with one that is saturated for as long as it was late',
        'inconclusive',
        gaveUp,
        [22, 26],
      ],
      ['given up after 9 s', 'with one that is saturated for less', 'fail', gaveUp, [22, 24]],
    ] as const)('an order %s, %s: %s', async (_title, _when, verdict, change, [from, until]) => {
      // It begins 20.9 s from the beginning, and has 5.25 s.
      const finding = await judgeRun(contained, {
        requests: oneOrder(change),
        mutate: saturate(from, until),
      });
      expect(finding.verdict).toBe(verdict);
    });

    it('and the late without an excuse are told apart', async () => {
      const requests = changed(({ phase, route }) => phase === 'fault' && route === 'order-create', {
        latencyMs: 5300,
      });
      const finding = await judgeRun(contained, { requests, mutate: saturate(20, 22) });
      expect(finding).toMatchObject({
        verdict: 'fail',
        because:
          '15 order-create answers (and 2 more while the machine was saturated) after the deadline and its grace of 250 ms',
        figures: { 'order-create.late': 17, 'order-create.excused': 2 },
      });
      expect(finding.examples).not.toContain(traceIdOf(firstFailed));
    });

    it('and what was saturated when nothing was judged is no excuse', async () => {
      const spec = { requests: slow, mutate: saturate(50) };
      expect((await judgeRun(contained, spec)).verdict).toBe('fail');
      expect((await judgeRun(contained, { requests: slow, mutate: lag('recovery', 101) })).verdict).toBe(
        'fail',
      );
      expect((await judgeRun(contained, { requests: slow, mutate: lag('fault', 100) })).verdict).toBe('fail');
    });
  });

  it('is inconclusive when a phase has too few windows', async () => {
    const requests = healthyRequests().map((request, index) =>
      request.phase === 'fault' ? { ...request, atMs: index * 10 } : request,
    );
    const finding = await judgeRun(contained, { requests });
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain('make the phases longer');
  });

  it('is inconclusive when no request had the deadline', async () => {
    const requests = healthyRequests().filter(
      ({ phase, route }) => phase !== 'fault' || route !== 'order-create',
    );
    const finding = await judgeRun(contained, { requests });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'no order-create request in the fault phase',
    });
  });

  it('rejects a route that does not exist', async () => {
    await expect(judgeRun(cascadeContained.with({ routes: ['basket'] }))).rejects.toThrow(
      'called basket. There are: product-read, order-create, health.',
    );
  });
});
