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
import { changed, changedReads, judgeRun } from './judge-run.ts';

const contained = cascadeContained.with({ routes: ['product-read'], deadlines: { 'order-create': 5000 } });
const reads = cascadeContained.with({ routes: ['product-read'] });
const isFaultRead = ({ phase, route }: RequestSpec): boolean => phase === 'fault' && route === 'product-read';
const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');

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
    const finding = await judgeRun(contained, { requests: changed(isFaultRead, { latencyMs: 131 }) });
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
    const finding = await judgeRun(contained, { requests: changed(isFaultRead, { latencyMs: 129 }) });
    expect(finding.verdict).toBe('pass');
  });

  it('fails when it fails more often, though no slower', async () => {
    const requests = changedReads('fault', 20, { outcome: 'error', latencyMs: 20 });
    const finding = await judgeRun(contained, { requests });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain('product-read failed more often');
  });

  it('counts requests without an answer as failed', async () => {
    const requests = changedReads('fault', 20, { status: 0, latencyMs: 20 });
    expect((await judgeRun(contained, { requests })).because).toContain('product-read failed more often');
  });

  it('looks at p99 where a second holds enough requests', async () => {
    // Fifty reads a second; one in twenty of them is slow under the fault, which a median cannot show.
    const requests = (['baseline', 'fault', 'recovery'] as const).flatMap((phase) =>
      Array.from(
        { length: phase === 'fault' ? 1500 : 1000 },
        (_, index): RequestSpec => ({
          route: 'product-read',
          phase,
          latencyMs: phase === 'fault' && index % 20 === 0 ? 900 : 20,
        }),
      ),
    );
    const finding = await judgeRun(cascadeContained.with({ routes: ['product-read'] }), { requests });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toMatch(/^product-read became slower: p99 /);
  });

  it.each<[string, RunSpec, string]>([
    [
      'late',
      { requests: changed((_, index) => index === firstFailed, { latencyMs: 5300 }) },
      '1 order-create answer after the deadline and its grace of 250 ms',
    ],
    [
      'without an answer',
      { requests: changed((_, index) => index === firstFailed, { status: 0 }) },
      '1 order-create request without an answer',
    ],
  ])('fails when an order is %s', async (_, spec, because) => {
    const finding = await judgeRun(contained, spec);
    expect(finding).toMatchObject({ verdict: 'fail', because, examples: [traceIdOf(firstFailed)] });
  });

  it('tells the median of the windows, not the best of them', async () => {
    const requests = steady((phase, second) =>
      phase === 'fault' && second % 3 > 0 ? { latencyMs: 60 } : {},
    );
    expect((await judgeRun(reads, { requests })).figures).toMatchObject({
      'product-read.faultMs': 60.15,
      'product-read.faultBadWindows': 0,
    });
  });

  describe('looks at single seconds', () => {
    it.each<[string, (second: number) => boolean, string | undefined]>([
      ['the first 3 s', (second) => second < 3, undefined],
      ['the first 4 s', (second) => second < 4, '4 of 30 s under the fault, 4 in a row'],
      ['the last 4 s', (second) => second >= 26, '4 of 30 s under the fault, 4 in a row'],
      ['one second in ten', (second) => second % 10 === 0, undefined],
      [
        'four single seconds of thirty',
        (second) => second % 8 === 0,
        '4 of 30 s under the fault, 1 in a row',
      ],
      ['the first 14 s', (second) => second < 14, '14 of 30 s under the fault, 14 in a row'],
    ])('when reads take 9 s in %s', async (_, isSlow, found) => {
      const requests = steady((phase, second) =>
        phase === 'fault' && isSlow(second) ? { latencyMs: 9000 } : {},
      );
      const finding = await judgeRun(reads, { requests });
      expect(finding.verdict).toBe(found ? 'fail' : 'pass');
      if (!found) return;
      expect(finding.because).toBe(
        `product-read was too slow or failed in ${found}; allowed 10 % and 3 in a row`,
      );
      const slow = requests.flatMap(({ latencyMs }, seq) => (latencyMs === 9000 ? [traceIdOf(seq)] : []));
      expect(finding.examples).toEqual(slow.slice(0, 10));
    });

    it.each([0, 29])('also in second %i', async (bad) => {
      const strict = cascadeContained.with({ routes: ['product-read'], maxBadWindowsInARow: 0 });
      const requests = steady((phase, second) =>
        phase === 'fault' && second === bad ? { latencyMs: 9000 } : {},
      );
      expect((await judgeRun(strict, { requests })).verdict).toBe('fail');
    });

    it('but not at those in which the machine was saturated, nor at the one after', async () => {
      // Seconds 0 to 5 of the fault are slow. The baseline has 20 s.
      const requests = steady((phase, second) =>
        phase === 'fault' && second < 6 ? { latencyMs: 9000 } : {},
      );
      expect(await judgeRun(reads, { requests, mutate: saturate(20, 25) })).toMatchObject({
        verdict: 'inconclusive',
        because: expect.stringContaining(
          '6 in a row; allowed 10 % and 3 in a row; but the machine was saturated in 6',
        ),
      });
      // Four of them are not excused.
      expect((await judgeRun(reads, { requests, mutate: saturate(20, 21) })).verdict).toBe('fail');
    });

    it('when they fail in some, whatever the machine did', async () => {
      const lenient = cascadeContained.with({ routes: ['product-read'], goodMarginPoints: 2.5 });
      const failing = (seconds: number, each: number) =>
        steady((phase, second, index) =>
          phase === 'fault' && second < seconds && index < each ? { outcome: 'error', latencyMs: 20 } : {},
        );
      expect(await judgeRun(lenient, { requests: failing(4, 4), mutate: saturate(20) })).toMatchObject({
        verdict: 'fail',
        because:
          'product-read failed more often in 4 of 30 s under the fault, 4 in a row; allowed 10 % and 3 in a row',
      });
      expect((await judgeRun(lenient, { requests: failing(4, 3) })).verdict).toBe('pass');
      expect((await judgeRun(lenient, { requests: failing(3, 4) })).verdict).toBe('pass');
    });
  });

  it.each([
    [3, 'pass'],
    [4, 'fail'],
  ] as const)('with few requests %i bad answers: %s, however often a row is there', async (bad, verdict) => {
    const requests = changedReads('fault', bad, { outcome: 'error', latencyMs: 20 });
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
      steady((phase, _, index) =>
        phase === 'baseline' && index === 0 && bad-- > 0 ? { outcome: 'error', latencyMs: 20 } : {},
      );
    expect((await judgeRun(reads, { requests: failing(10) })).verdict).toBe('pass');
    expect((await judgeRun(reads, { requests: failing(11) })).verdict).toBe('inconclusive');
  });

  describe('judges the recovery by the same bounds', () => {
    const from = (least: number, change: Partial<RequestSpec>) =>
      steady((phase, second) => (phase === 'recovery' && second >= least ? change : {}));
    const until = (end: number, change: Partial<RequestSpec>) =>
      steady((phase, second) => (phase === 'recovery' && second < end ? change : {}));
    const failed = { outcome: 'error', latencyMs: 20 } as const;

    it.each<[string, readonly RequestSpec[], string]>([
      [
        'every read fails',
        from(0, failed),
        'product-read failed more often in the recovery: 0 % good answers, 100 points less',
      ],
      [
        'every read is slow',
        from(0, { latencyMs: 131 }),
        'product-read became slower: p99 131 ms in the recovery, allowed 130 ms',
      ],
      [
        'reads are slow for 4 s',
        until(9, { latencyMs: 131 }),
        'product-read was too slow or failed in 4 of 15 s in the recovery, 4 in a row; allowed 10 % and 3 in a row',
      ],
    ])('fails when %s', async (_, requests, because) => {
      const finding = await judgeRun(reads, { requests });
      expect(finding).toMatchObject({ verdict: 'fail', because });
      expect(finding.examples).toContain(traceIdOf(2500));
    });

    it('passes while it settles', async () => {
      expect((await judgeRun(reads, { requests: until(5, failed) })).verdict).toBe('pass');
      const at = cascadeContained.with({ routes: ['product-read'], settleS: 0 });
      expect((await judgeRun(at, { requests: until(5, failed) })).verdict).toBe('fail');
    });

    it('passes when one or two of a few seconds are slow', async () => {
      const slow = (amount: number) =>
        placed(
          steady((phase, second) =>
            phase === 'recovery' && second >= 5 && second < 5 + amount ? { latencyMs: 400 } : {},
          ).slice(0, 2500 + 10 * 50),
        );
      const run = { load: { driver: 'vegeta', rate: 50, timeoutMs: 10_000, planned: 3000 } };
      expect((await judgeRun(reads, { requests: slow(2), run })).verdict).toBe('pass');
      expect((await judgeRun(reads, { requests: slow(3), run })).verdict).toBe('fail');
    });

    it.each([
      [7, 'inconclusive', 2],
      [8, 'fail', 3],
    ] as const)('when it lasts %i s: %s', async (seconds, verdict, windows) => {
      const requests = from(0, failed).slice(0, 2500 + seconds * 50);
      const run = { load: { driver: 'vegeta', rate: 50, timeoutMs: 10_000, planned: requests.length } };
      const finding = await judgeRun(reads, { requests: placed(requests), run });
      expect(finding).toMatchObject({ verdict, figures: { 'product-read.recoveryWindows': windows } });
      const said = verdict === 'inconclusive' ? 'not judged: 3 settled windows are needed' : undefined;
      expect(finding.figures['product-read.recovery']).toBe(said);
    });
  });

  describe('is inconclusive, not failed,', () => {
    const slow = changed(isFaultRead, { latencyMs: 400 });
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
        {
          requests: changed((_, index) => index === firstFailed, { latencyMs: 5300 }),
          mutate: saturate(20),
        },
        '1 order-create answer after the deadline and its grace of 250 ms; but the machine was saturated',
      ],
      [
        'when an order may have been given up for its sake',
        { requests: changed((_, index) => index === firstFailed, gaveUp), mutate: saturate(20) },
        '1 order-create request without an answer; but the machine was saturated',
      ],
    ])('%s', async (_, spec, because) => {
      const finding = await judgeRun(contained, spec);
      expect(finding.verdict).toBe('inconclusive');
      expect(finding.because).toContain(because);
    });

    it('but what is no question of time fails', async () => {
      const failed = changedReads('fault', 20, { outcome: 'error', latencyMs: 20 });
      expect((await judgeRun(contained, { requests: failed, mutate: saturate(20) })).verdict).toBe('fail');
      const refused = changed((_, index) => index === firstFailed, { status: 0, latencyMs: 20 });
      expect((await judgeRun(contained, { requests: refused, mutate: saturate(20) })).verdict).toBe('fail');
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

/** Fifty reads a second in each phase of 20, 30 and 20 s, changed by the second of the phase and the place in it. */
function steady(
  change: (phase: 'baseline' | 'fault' | 'recovery', second: number, index: number) => Partial<RequestSpec>,
): RequestSpec[] {
  return (['baseline', 'fault', 'recovery'] as const).flatMap((phase) =>
    Array.from({ length: phase === 'fault' ? 1500 : 1000 }, (_, index): RequestSpec => {
      const read: RequestSpec = { route: 'product-read', phase };
      return { ...read, ...change(phase, Math.floor(index / 50), index % 50) };
    }),
  );
}

/** The same fifty a second, however many are left of the recovery. */
function placed(requests: readonly RequestSpec[]): RequestSpec[] {
  return requests.map((request, index) =>
    request.phase === 'recovery' ? { ...request, atMs: (index - 2500) * 20 } : request,
  );
}
