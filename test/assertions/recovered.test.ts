import { describe, expect, it } from 'vitest';
import recovered from '../../assertions/recovered.ts';
import { runRecord } from '../evidence/fixture/run.ts';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  START_US,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { lag, saturate, silence } from './incredible-runs.ts';
import { changed, FAILED, judgeRun } from './judge-run.ts';

const routes = ['product-read'];
const back = recovered.with({ routes });
const REQUESTS = healthyRequests();
const FIRST = REQUESTS.findIndex(({ phase }) => phase === 'recovery');
/** The recovery has 115 requests in 20 s, and begins 20 ms before the fault is gone. */
const STEP_S = 20 / 115;

describe('recovered', () => {
  it('passes when a route was never touched', async () => {
    expect(await judgeRun(back)).toMatchObject({
      verdict: 'pass',
      expected:
        'product-read: within 5 s after the fault, for 3 s and from then on, response time <= baseline x 2 + 150 ms, good answers >= baseline - 1 points',
      observed: 'product-read after 0 s',
      figures: {
        'product-read.recoveredAfterS': 0,
        'product-read.relapsedAfterS': null,
        'product-read.quantile': 'p50',
        'product-read.baselineMs': 20.15,
        'product-read.limitMs': 190.3,
        'product-read.baselineGoodPercent': 100,
        'product-read.windows': 19,
        'product-read.emptyWindows': 0,
      },
      examples: [],
    });
  });

  it.each([
    ['fails', FAILED],
    ['has no answer', { status: 0, latencyMs: 20 }],
    ['has no record', { status: null }],
    ['is slow', { latencyMs: 191 }],
  ] as const)('passes when it %s up to the allowed second, and fails when longer', async (_, change) => {
    expect(await judgeRun(back, { requests: sick(0, 5, change) })).toMatchObject({
      verdict: 'pass',
      observed: 'product-read after 5 s',
    });
    expect(await judgeRun(back, { requests: sick(0, 6, change) })).toMatchObject({
      verdict: 'fail',
      because:
        'product-read came back 6 s after the fault, allowed 5 s: look for what it holds on to, such as a queue, a pool or an open breaker',
      observed: 'product-read after 6 s',
      examples: expect.arrayContaining(sickSeqs(5, 6).map(traceIdOf)),
    });
  });

  it('passes when it is slower, but within the margin', async () => {
    expect(await judgeRun(back, { requests: sick(0, 19, { latencyMs: 190 }) })).toMatchObject({
      verdict: 'pass',
      observed: 'product-read after 0 s',
    });
  });

  it('fails when it never comes back, and shows those requests', async () => {
    const finding = await judgeRun(back, { requests: sick(0, 20, { latencyMs: 400 }) });
    expect(finding).toMatchObject({
      verdict: 'fail',
      because:
        'product-read did not come back in the 19 s after the fault: in the last of them 100 % good answers, p50 400 ms, allowed 190 ms',
      observed: 'product-read never in 19 s',
      figures: { 'product-read.recoveredAfterS': null },
    });
    const late = new Set(sickSeqs(5, 19).map(traceIdOf));
    expect(finding.examples).toHaveLength(10);
    expect(finding.examples.filter((id) => !late.has(id))).toEqual([]);
  });

  it.each<[string, (tables: Tables) => void, string]>([
    ['the machine was saturated', saturate(50), 'the machine was saturated in the phase recovery (1 % idle)'],
    [
      'the generator lagged',
      lag('baseline', 101),
      'the generator lagged in the phase baseline (p99 101 ms above',
    ],
    ['the gauges end too soon', silence(60), 'no gauge says how busy the machine was in the phase recovery'],
  ])('is inconclusive, not failed, when it is only slow and %s', async (_, mutate, because) => {
    const slow = await judgeRun(back, { requests: sick(0, 20, { latencyMs: 500 }), mutate });
    expect(slow.verdict).toBe('inconclusive');
    expect(slow.because).toMatch(/^product-read did not come back in the 19 s after the fault: .*; but /);
    expect(slow.because).toContain(because);
    expect(slow.examples).toHaveLength(10);
    const failing = await judgeRun(back, { requests: sick(0, 20, FAILED), mutate });
    expect(failing.verdict).toBe('fail');
    expect((await judgeRun(back, { mutate })).verdict).toBe('pass');
  });

  it('excuses slow seconds in which the machine was saturated, failed ones not', async () => {
    const slow = sick(10, 12, { latencyMs: 500 });
    expect(await judgeRun(back, { requests: slow, mutate: saturate(60, 62) })).toMatchObject({
      verdict: 'inconclusive',
      because:
        'product-read relapsed 10 s after the fault, having been back after 0 s; but the machine was saturated in 4 of the seconds after the fault, so it may be to blame: lower --rate, or let nothing else run',
      observed: 'product-read after 0 s, relapsed after 10 s',
    });
    expect((await judgeRun(back, { requests: slow, mutate: saturate(52, 54) })).verdict).toBe('fail');
    const failed = sick(10, 12, FAILED);
    expect((await judgeRun(back, { requests: failed, mutate: saturate(60, 62) })).verdict).toBe('fail');
  });

  it('looks at the fault phase as well when the fault ended before it', async () => {
    const requests = sick(0, 20, { latencyMs: 500 });
    const mutate = lag('fault', 101);
    expect((await judgeRun(back, { requests, mutate })).verdict).toBe('fail');
    const faults = runRecord(0).faults.map((fault) => ({ ...fault, untilUs: START_US + 45e6 }));
    expect((await judgeRun(back, { requests, mutate, run: { faults } })).verdict).toBe('inconclusive');
  });

  it('is not back before it stays well for some seconds', async () => {
    const requests = sick(0, 1, FAILED, sick(3, 4, FAILED));
    expect((await judgeRun(back, { requests })).observed).toBe('product-read after 4 s');
    const two = recovered.with({ routes, sustainedS: 2 });
    expect((await judgeRun(two, { requests })).observed).toBe('product-read after 1 s');
  });

  it('fails when it relapses, but not when it stumbles for one second', async () => {
    const finding = await judgeRun(back, { requests: sick(10, 12, FAILED) });
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: 'product-read relapsed 10 s after the fault, having been back after 0 s',
      observed: 'product-read after 0 s, relapsed after 10 s',
    });
    expect(finding.examples).toEqual(sickSeqs(10, 12).map(traceIdOf).sort().slice(0, 10));
    const requests = sick(10, 11, FAILED, sick(12, 13, FAILED));
    expect((await judgeRun(back, { requests })).verdict).toBe('pass');
  });

  it('allows one bad request in a small window, not two, and not the only one', async () => {
    const one = healthyRequests();
    for (let second = 0; second < 19; second++) spoil(one, sickSeqs(second, second + 1).slice(0, 1));
    expect((await judgeRun(back, { requests: one })).verdict).toBe('pass');
    const two = healthyRequests();
    for (let second = 0; second < 19; second++) spoil(two, sickSeqs(second, second + 1).slice(0, 2));
    expect((await judgeRun(back, { requests: two })).verdict).toBe('fail');
    const only = sick(0, 19, FAILED).filter(
      (_, index) => index < FIRST || [...Array(19).keys()].some((s) => sickSeqs(s, s + 1)[0] === index),
    );
    expect((await judgeRun(back, { requests: only })).verdict).toBe('fail');
  });

  it('looks at p95 and the share where a second holds enough requests', async () => {
    // Of 120 requests a second 2 may fail (1 point is 1.2), and 6 of 120 may be slow at the 95th percentile.
    const load = (change: (index: number) => Partial<RequestSpec>): RequestSpec[] =>
      (['baseline', 'fault', 'recovery'] as const).flatMap((phase) =>
        Array.from({ length: phase === 'fault' ? 30 : 2400 }, (_, index): RequestSpec => {
          return { route: 'product-read', phase, ...(phase === 'recovery' ? change(index) : {}) };
        }),
      );
    const failing = (each: number) => load((index) => (index % each === 0 ? FAILED : {}));
    const run = { load: { driver: 'vegeta', rate: 120, timeoutMs: 10_000, planned: 4830 } };
    expect(await judgeRun(back, { requests: failing(120), run })).toMatchObject({
      verdict: 'pass',
      figures: { 'product-read.quantile': 'p95', 'product-read.windows': 19 },
    });
    expect((await judgeRun(back, { requests: failing(60), run })).verdict).toBe('fail');
    const slow = load((index) => (index % 16 === 0 ? { latencyMs: 900 } : {}));
    const finding = await judgeRun(back, { requests: slow, run });
    expect(finding.because).toContain('p95 900 ms, allowed 190 ms');
  });

  it('counts from the end of the last fault', async () => {
    const [fault] = runRecord(400).faults;
    if (!fault) throw new Error('the fixture has no fault');
    const earlier = { ...fault, untilUs: (fault.untilUs ?? 0) - 10e6 };
    const run = (faults: (typeof fault)[]): RunSpec => ({ requests: sick(0, 2, FAILED), run: { faults } });
    expect((await judgeRun(back, run([fault, earlier]))).observed).toBe('product-read after 2 s');
    // Ten seconds of the fault phase count as well when the fault ended before it.
    expect(await judgeRun(back, run([earlier]))).toMatchObject({
      verdict: 'fail',
      observed: 'product-read after 0 s, relapsed after 10 s',
      figures: { 'product-read.windows': 29 },
    });
  });

  it('does not let repeated rows hide a failure', async () => {
    const finding = await judgeRun(back, {
      requests: sick(0, 8, FAILED),
      mutate({ ledger }) {
        const good = ledger.filter(({ status }) => status === 200);
        for (let time = 0; time < 50; time++) ledger.push(...good.map((row) => ({ ...row })));
      },
    });
    expect(finding).toMatchObject({ verdict: 'fail', observed: 'product-read after 8 s' });
  });

  it('places requests without a record at the end of the run', async () => {
    const finding = await judgeRun(back, { requests: sick(16, 20, { status: null }) });
    expect(finding).toMatchObject({
      verdict: 'fail',
      observed: 'product-read after 0 s, relapsed after 16 s',
      figures: { 'product-read.windows': 19 },
    });
  });

  it.each<[string, RunSpec, string]>([
    [
      'no fault was in force',
      { run: { faults: [] } },
      'no fault was in force, so there was nothing to recover from',
    ],
    [
      'a second has no request of the route',
      {
        requests: REQUESTS.map((request, index) =>
          sickSeqs(7, 8).includes(index) ? health(request) : request,
        ),
      },
      'product-read had no request in 1 of the 19 s after the fault: send more',
    ],
    [
      'the baseline is missing',
      { requests: changed(({ phase }) => phase === 'baseline', { route: 'health' }) },
      'product-read has 0 windows of a second in the baseline, 5 are needed: make it longer',
    ],
    [
      'it was ill before',
      { requests: changed(({ phase }) => phase === 'baseline', FAILED) },
      'product-read was ill before: 0 % good answers in the baseline, 99 % are needed',
    ],
  ])('is inconclusive when %s', async (_, spec, because) => {
    expect(await judgeRun(back, spec)).toMatchObject({ verdict: 'inconclusive', because });
  });

  it('is inconclusive when it was not observed for long enough, even if it is sick', async () => {
    const requests = sick(0, 20, FAILED);
    const just = recovered.with({ routes, withinS: 16 });
    expect((await judgeRun(just, { requests })).verdict).toBe('fail');
    const long = recovered.with({ routes, withinS: 17 });
    expect(await judgeRun(long, { requests })).toMatchObject({
      verdict: 'inconclusive',
      because: 'only 19 s were observed after the fault, 20 are needed: make the recovery phase longer',
    });
  });

  it('fails for sure though a second has no request', async () => {
    const empty = sickSeqs(2, 3);
    const gap = (requests: RequestSpec[]) =>
      requests.map((request, index) => (empty.includes(index) ? health(request) : request));
    expect((await judgeRun(back, { requests: gap(sick(0, 9, FAILED)) })).verdict).toBe('fail');
    // If the empty second was good it was back in time.
    const finding = await judgeRun(recovered.with({ routes, withinS: 1 }), {
      requests: gap(sick(0, 1, FAILED)),
    });
    expect(finding).toMatchObject({ verdict: 'inconclusive', observed: 'product-read after 3 s' });
  });

  it('rejects a route that does not exist', async () => {
    await expect(judgeRun(recovered.with({ routes: ['basket'] }))).rejects.toThrow('called basket');
  });
});

/** Numbers of the reads that are due in these seconds after the fault. */
function sickSeqs(fromS: number, untilS: number): number[] {
  return REQUESTS.flatMap(({ route, phase }, index) => {
    const second = (index - FIRST) * STEP_S - 0.02;
    return phase === 'recovery' && route === 'product-read' && second >= fromS && second < untilS
      ? [index]
      : [];
  });
}

/** The healthy requests, or others, with those reads changed. */
function sick(
  fromS: number,
  untilS: number,
  change: Partial<RequestSpec>,
  requests: readonly RequestSpec[] = REQUESTS,
): RequestSpec[] {
  const seqs = new Set(sickSeqs(fromS, untilS));
  return requests.map((request, index) => (seqs.has(index) ? { ...request, ...change } : request));
}

function spoil(requests: RequestSpec[], seqs: readonly number[]): void {
  for (const seq of seqs) Object.assign(requests[seq] ?? {}, FAILED);
}

function health(request: RequestSpec): RequestSpec {
  return { ...request, route: 'health' };
}
