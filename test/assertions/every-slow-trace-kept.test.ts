import { describe, expect, it } from 'vitest';
import everySlowTraceKept from '../../assertions/every-slow-trace-kept.ts';
import { SYSTEM } from '../evidence/fixture/run.ts';
import { COLLECTOR_YAML, traceIdOf } from '../evidence/fixture.ts';
import { changed, changedReads, judgeRun, UNSETTLED } from './judge-run.ts';

const withSlow = changedReads('fault', 3, { outcome: 'slow' });
/** A system in which the promise for slow traces comes before the one for errors, and so applies to both. */
const slowFirst = {
  system: { ...SYSTEM, promises: SYSTEM.promises.toSorted((a) => (a.id === 'slow' ? -1 : 1)) },
};

describe('every-slow-trace-kept', () => {
  it('passes when each slow trace is archived whole', async () => {
    expect(await judgeRun(everySlowTraceKept.with(), { requests: withSlow })).toMatchObject({
      verdict: 'pass',
      expected: 'every one of 8 slow traces kept whole',
      observed: '8 kept whole',
      figures: { total: 8, slowWithoutError: 3, slowForClientOnly: 0, thresholdMs: 2000 },
    });
  });

  it('fails when the threshold of the policy is too high', async () => {
    const finding = await judgeRun(everySlowTraceKept.with(), {
      requests: changedReads('fault', 3, { outcome: 'slow', archived: 'absent' }),
      collectorConfig: COLLECTOR_YAML.replace('1999', '5000'),
    });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toMatch(/^3 slow traces lost: .*no-policy-keeps-it/);
    expect(finding.examples).toHaveLength(3);
  });

  it('is inconclusive without a slow trace', async () => {
    const requests = changed(({ outcome }) => outcome === 'error', { latencyMs: 60 });
    expect(await judgeRun(everySlowTraceKept.with(), { requests })).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('no slow trace'),
    });
  });

  it('fails when a slow trace with an error is lost, whichever promise comes first', async () => {
    const lost = withSlow.findIndex(({ outcome }) => outcome === 'error');
    const requests = withSlow.map((request, index) =>
      index === lost ? { ...request, archived: 'absent' as const } : request,
    );
    for (const run of [{}, slowFirst])
      expect(await judgeRun(everySlowTraceKept.with(), { requests, run })).toMatchObject({
        verdict: 'fail',
        figures: { total: 8, absent: 1 },
        examples: [traceIdOf(lost)],
      });
  });

  it('leaves out a slow trace that is not to be kept at all', async () => {
    const health = withSlow.findIndex(({ route }) => route === 'health');
    const requests = withSlow.map((request, index) =>
      index === health ? { ...request, latencyMs: 2500 } : request,
    );
    expect(await judgeRun(everySlowTraceKept.with(), { requests })).toMatchObject({
      verdict: 'pass',
      figures: { total: 8, slowForClientOnly: 0 },
    });
  });

  it('takes the client for it when there is no entry span', async () => {
    const requests = changedReads('fault', 3, { outcome: 'slow', recorded: 'no-entry', archived: 'absent' });
    expect(await judgeRun(everySlowTraceKept.with(), { requests })).toMatchObject({
      verdict: 'fail',
      figures: { absent: 3 },
    });
  });

  it('is inconclusive when each slow trace also has an error', async () => {
    const finding = await judgeRun(everySlowTraceKept.with());
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      figures: { total: 5, slowWithoutError: 0 },
      because: expect.stringContaining('each of the 5 slow traces also has an error'),
    });
  });

  it('is inconclusive when the archive was not stable', async () => {
    const finding = await judgeRun(everySlowTraceKept.with(), { requests: withSlow, run: UNSETTLED });
    expect(finding.verdict).toBe('inconclusive');
  });

  it.each([
    [2_049_999, 'pass', 0],
    [2_050_000, 'inconclusive', 1],
  ] as const)('with a request of %i us for the client alone: %s', async (latencyUs, verdict, amount) => {
    const finding = await judgeRun(everySlowTraceKept.with(), {
      requests: withSlow,
      mutate({ ledger }) {
        for (const row of ledger.filter(({ seq }) => seq === 2)) {
          row.latency_us = latencyUs;
          ledger.push({ ...row });
        }
      },
    });
    expect(finding).toMatchObject({ verdict, figures: { total: 8, slowForClientOnly: amount } });
    if (amount === 0) return;
    expect(finding.examples).toEqual([traceIdOf(2)]);
    expect(finding.because).toContain(
      '1 request took 2,000 ms or more for the client, but less by the entry span',
    );
  });
});
