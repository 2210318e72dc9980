import { describe, expect, it } from 'vitest';
import everySlowTraceKept from '../../assertions/every-slow-trace-kept.ts';
import { SYSTEM } from '../evidence/fixture/run.ts';
import { COLLECTOR_YAML } from '../evidence/fixture.ts';
import { changedReads, judgeRun, UNSETTLED } from './judge-run.ts';

const withSlow = changedReads('fault', 3, { outcome: 'slow' });
/** A system in which the promise for slow traces comes before the one for errors, and so applies to both. */
const slowFirst = {
  system: { ...SYSTEM, promises: SYSTEM.promises.toSorted((a) => (a.id === 'slow' ? -1 : 1)) },
};

describe('every-slow-trace-kept', () => {
  it('passes when each slow trace is archived whole', async () => {
    expect(await judgeRun(everySlowTraceKept.with(), { requests: withSlow })).toMatchObject({
      verdict: 'pass',
      expected: 'every one of 3 slow traces kept whole',
      observed: '3 kept whole',
      figures: { slowWithoutError: 3, thresholdMs: 2000 },
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
    const finding = await judgeRun(everySlowTraceKept.with());
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('no slow trace'),
    });
  });

  it('is inconclusive when each slow trace also has an error', async () => {
    const finding = await judgeRun(everySlowTraceKept.with(), { run: slowFirst });
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

  it('counts requests that were slow for the client and not for the system', async () => {
    const finding = await judgeRun(everySlowTraceKept.with(), {
      requests: withSlow,
      mutate({ ledger }) {
        const [first] = ledger;
        if (first) first.latency_us = 2_100_000;
      },
    });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { total: 3, slowForClientOnly: 1 } });
  });
});
