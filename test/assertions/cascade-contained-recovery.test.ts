import { describe, expect, it } from 'vitest';
import cascadeContained from '../../assertions/cascade-contained.ts';
import { type RequestSpec, type RunSpec, traceIdOf } from '../evidence/fixture.ts';
import { FAILED, judgeRun, steadyReads } from './judge-run.ts';

const reads = cascadeContained.with({ routes: ['product-read'] });

describe('cascade-contained judges the recovery by the same bounds', () => {
  const all = (change: Partial<RequestSpec>) => steadyReads('recovery', () => true, change);
  const until = (end: number, change: Partial<RequestSpec>) =>
    steadyReads('recovery', (second) => second < end, change);

  it.each<[string, readonly RequestSpec[], string]>([
    [
      'every read fails',
      all(FAILED),
      'product-read failed more often in the recovery: 0 % good answers, 100 points less',
    ],
    [
      'every read is slow',
      all({ latencyMs: 131 }),
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
    expect((await judgeRun(reads, { requests: until(5, FAILED) })).verdict).toBe('pass');
    const at = cascadeContained.with({ routes: ['product-read'], settleS: 0 });
    expect((await judgeRun(at, { requests: until(5, FAILED) })).verdict).toBe('fail');
  });

  it('passes when one or two of a few seconds are slow', async () => {
    const slow = (amount: number) =>
      endedAfter(
        10,
        steadyReads('recovery', (second) => second >= 5 && second < 5 + amount, { latencyMs: 400 }),
      );
    expect((await judgeRun(reads, slow(2))).verdict).toBe('pass');
    expect((await judgeRun(reads, slow(3))).verdict).toBe('fail');
  });

  it.each([
    [7, 'inconclusive', 2],
    [8, 'fail', 3],
  ] as const)('when it lasts %i s: %s', async (seconds, verdict, windows) => {
    const finding = await judgeRun(reads, endedAfter(seconds, all(FAILED)));
    expect(finding).toMatchObject({ verdict, figures: { 'product-read.recoveryWindows': windows } });
    const said = verdict === 'inconclusive' ? 'not judged: 3 settled windows are needed' : undefined;
    expect(finding.figures['product-read.recovery']).toBe(said);
  });
});

/** Steady reads that end so many seconds after the fault. */
function endedAfter(seconds: number, requests: readonly RequestSpec[]): RunSpec {
  const kept = requests.slice(0, 2500 + seconds * 50);
  return {
    requests: kept.map((request, index) =>
      request.phase === 'recovery' ? { ...request, atMs: (index - 2500) * 20 } : request,
    ),
    run: { load: { driver: 'vegeta', rate: 50, timeoutMs: 10_000, planned: kept.length } },
  };
}
