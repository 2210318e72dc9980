import { describe, expect, it } from 'vitest';
import telemetryHarmless from '../../assertions/telemetry-harmless.ts';
import { runRecord } from '../evidence/fixture/run.ts';
import type { RequestSpec, RunSpec } from '../evidence/fixture.ts';
import { healthyRequests, PHASES } from '../evidence/fixture.ts';
import { saturate } from './incredible-runs.ts';
import { changed, changedReads, judgeRun } from './judge-run.ts';

const judged = (spec: RunSpec = {}, options = {}) =>
  judgeRun(telemetryHarmless.with({ routes: ['product-read'], ...options }), spec);

/** The order service's memory from the fault phase on. */
const grown =
  (bytes: number): RunSpec['mutate'] =>
  ({ gauges }) => {
    const startUs = PHASES.find(({ name }) => name === 'fault')?.startUs ?? 0;
    for (const row of gauges)
      if (
        row.part === 'order-service' &&
        row.metric === 'process_resident_bytes' &&
        row.at_us >= startUs + 5e6
      )
        row.value = bytes;
  };

describe('telemetry-harmless', () => {
  it('passes when the system does as before', async () => {
    expect(await judged()).toMatchObject({
      verdict: 'pass',
      figures: { 'product-read: goodPercent': 100, 'order-service: growthMiB': 0 },
    });
  });

  it('fails when a route answers less well than before', async () => {
    const finding = await judged({ requests: changedReads('fault', 15, { outcome: 'error' }) });
    expect(finding).toMatchObject({ verdict: 'fail' });
    expect(finding.because).toContain('good answers, 100 % in the baseline');
    expect(finding.examples.length).toBeGreaterThan(3);
  });

  it('fails when a route is slower than before', async () => {
    const finding = await judged({ requests: changedReads('fault', 30, { latencyMs: 400 }) });
    expect(finding).toMatchObject({ verdict: 'fail' });
    expect(finding.because).toMatch(/^product-read is slow: 2\d(\.\d+)? % take longer than 1\d\d ms/);
  });

  it('lets a hiccup pass, and does not decide by a few more slow or bad answers than are allowed', async () => {
    const slow = (count: number) => judged({ requests: changedReads('fault', count, { latencyMs: 400 }) });
    expect(await slow(13)).toMatchObject({ verdict: 'pass' });
    const few = { verdict: 'inconclusive', because: expect.stringContaining('by chance') };
    expect(await slow(18)).toMatchObject(few);
    expect(await judged({ requests: changedReads('fault', 3, { outcome: 'error' }) })).toMatchObject(few);
  });

  it('does not believe slowness of a machine that was saturated', async () => {
    const requests = changedReads('fault', 30, { latencyMs: 400 });
    expect(await judged({ requests, mutate: saturate(20, 50) })).toMatchObject({ verdict: 'inconclusive' });
  });

  it('fails when a service grows without bounds', async () => {
    const finding = await judged({ mutate: grown(400 * 1024 * 1024) });
    expect(finding).toMatchObject({ verdict: 'fail' });
    expect(finding.because).toMatch(/^order-service grew by 3\d\d MiB$/);
    expect(await judged({ mutate: grown(150 * 1024 * 1024) })).toMatchObject({ verdict: 'pass' });
  });

  it('is inconclusive when a phase has too few requests, or nobody measured memory', async () => {
    const few = healthyRequests().filter(({ phase }, index) => phase !== 'fault' || index % 20 === 0);
    expect(await judged({ requests: few })).toMatchObject({ verdict: 'inconclusive' });
    const finding = await judged({
      mutate: (tables) => {
        tables.gauges = tables.gauges.filter(({ metric }) => metric !== 'process_resident_bytes');
      },
    });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'no gauge tells the memory of a service in both phases',
    });
  });

  it('is inconclusive when the route was ill before, or nobody knows how it answered', async () => {
    const reads = (outcome: Partial<RequestSpec>) =>
      changed(({ route }) => route === 'product-read', outcome);
    expect(await judged({ requests: reads({ outcome: 'error' }) })).toMatchObject({
      verdict: 'inconclusive',
      because: 'product-read was ill before: 0 % good answers in the baseline, 90 % are needed',
    });
    const blank: RunSpec['mutate'] = ({ ledger }) => {
      for (const row of ledger)
        Object.assign(row, { status: null, sent_us: null, due_us: null, latency_us: null });
    };
    expect(await judged({ mutate: blank })).toMatchObject({ verdict: 'inconclusive' });
    const unrecorded =
      (of: 'baseline' | 'fault'): RunSpec['mutate'] =>
      ({ ledger }) => {
        const row = ledger.find(({ route, phase }) => route === 'product-read' && phase === of);
        Object.assign(row ?? {}, { status: null, sent_us: null, due_us: null, latency_us: null });
      };
    expect(await judged({ mutate: unrecorded('fault') }, { goodMarginPoints: 5 })).toMatchObject({
      verdict: 'inconclusive',
      because: '1 product-read request without a record of its answer',
    });
    expect(await judged({ mutate: unrecorded('baseline') })).toMatchObject({
      verdict: 'inconclusive',
      because: '1 product-read baseline request without a record of its answer',
    });
  });

  it('is inconclusive when the fault was never in force', async () => {
    const never = runRecord(400).faults.map(({ on, id, parameters }) => ({ on, id, parameters }));
    expect(await judged({ run: { faults: never } })).toMatchObject({
      verdict: 'inconclusive',
      because: 'no fault was in force, so its telemetry had no reason to fail',
    });
    expect(await judged({ run: { faults: [] } })).toMatchObject({ verdict: 'inconclusive' });
  });

  it('refuses a route that there is not', async () => {
    await expect(judged({}, { routes: ['checkout'] })).rejects.toThrow('checkout');
  });
});
