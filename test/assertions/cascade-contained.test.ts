import { describe, expect, it } from 'vitest';
import cascadeContained from '../../assertions/cascade-contained.ts';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { changed, changedReads, judgeRun } from './judge-run.ts';

const contained = cascadeContained.with({ routes: ['product-read'], deadlines: { 'order-create': 5000 } });
const isFaultRead = ({ phase, route }: RequestSpec): boolean => phase === 'fault' && route === 'product-read';
const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');

describe('cascade-contained', () => {
  it('passes when only the orders suffer', async () => {
    const finding = await judgeRun(contained);
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected:
        'product-read: response time <= baseline x 1.5 + 100 ms, good answers >= baseline - 0.5 points; every order-create answered within 5,000 + 250 ms',
      observed: 'product-read p50 20 ms -> 20 ms, good 100 % -> 100 %; order-create longest 3,060 ms of 17',
      figures: {
        'product-read.baselineMs': 20.15,
        'product-read.faultMs': 20.15,
        'product-read.baselineWindows': 18,
        'product-read.faultWindows': 28,
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

  it('is inconclusive, not failed, when the machine was saturated', async () => {
    const requests = changed(isFaultRead, { latencyMs: 400 });
    const finding = await judgeRun(contained, { requests, mutate: saturateFaultPhase });
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain('the machine was saturated in the phase fault (1 % idle)');
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

function saturateFaultPhase({ gauges }: Tables): void {
  const start = gauges[0]?.at_us ?? 0;
  for (const row of gauges.filter(({ metric }) => metric === 'cpu_seconds')) {
    const second = (row.at_us - start) / 1e6;
    const busy = Math.min(second, 20) * 1.2 + Math.max(0, second - 20) * 1.98;
    if (row.labels.includes('busy')) row.value = busy;
    if (row.labels.includes('idle')) row.value = second * 2 - busy;
  }
}
