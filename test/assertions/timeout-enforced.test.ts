import { describe, expect, it } from 'vitest';
import timeoutEnforced from '../../assertions/timeout-enforced.ts';
import { healthyRequests, SLOW_ORDERS, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { changed, judgeRun } from './judge-run.ts';

const enforced = timeoutEnforced.with({ edge: 'payment-to-stripe', timeoutMs: 3000 });
const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');

describe('timeout-enforced', () => {
  it('passes when calls end at the time-out', async () => {
    const finding = await judgeRun(enforced);
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected: 'no call on payment-to-stripe beyond 3,000 + 250 ms',
      figures: { reachedTimeout: SLOW_ORDERS, overTimeout: 0, longestMs: 3000 },
    });
    expect(finding.observed).toContain('3,000 ms; 5 reached the time-out');
  });

  it('fails when one call lasts longer', async () => {
    const finding = await judgeRun(enforced, {
      mutate: (tables) => lengthen(tables, 3_251_000),
    });
    expect(finding).toMatchObject({
      verdict: 'fail',
      figures: { overTimeout: 1, longestMs: 3251 },
      examples: [traceIdOf(firstFailed)],
    });
  });

  it('passes within the grace', async () => {
    const finding = await judgeRun(enforced, { mutate: (tables) => lengthen(tables, 3_249_000) });
    expect(finding.verdict).toBe('pass');
  });

  it('is inconclusive when no call came near the time-out', async () => {
    const requests = changed(({ outcome }) => outcome === 'error', { latencyMs: 60 });
    const finding = await judgeRun(enforced, { requests });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('not tested'),
    });
  });

  it('is inconclusive without calls', async () => {
    const requests = healthyRequests().filter(({ route }) => route !== 'order-create');
    expect(await judgeRun(enforced, { requests })).toMatchObject({
      verdict: 'inconclusive',
      observed: 'no calls',
    });
  });

  it('rejects an edge that does not exist', async () => {
    const wrong = timeoutEnforced.with({ edge: 'payment-to-bank', timeoutMs: 3000 });
    await expect(judgeRun(wrong)).rejects.toThrow(/no edge 'payment-to-bank'. It has: gateway-to-auth/);
  });
});

/** Makes the first call that Stripe did not answer last so long. */
function lengthen(tables: Tables, us: number): void {
  const call = tables
    .spansOf(firstFailed)
    .find(({ service, kind }) => service === 'payment-service' && kind === 'client');
  if (!call) throw new Error('the fixture recorded no call to Stripe');
  call.end_us = call.start_us + us;
}
