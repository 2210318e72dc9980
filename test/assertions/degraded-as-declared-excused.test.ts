import { describe, expect, it } from 'vitest';
import degradedAsDeclared from '../../assertions/degraded-as-declared.ts';
import { PHASES, type Tables } from '../evidence/fixture.ts';
import { declared, type Orders, READS, sent, withOrders } from './declared-runs.ts';
import { saturate } from './incredible-runs.ts';
import { judgeRun } from './judge-run.ts';

describe('degraded-as-declared, on a busy machine', () => {
  it("is inconclusive, not failed, when slow answers may be the machine's fault, and only then", async () => {
    const slow = await judgeRun(declared, {
      requests: withOrders(sent(0, 2, { latencyMs: 900 })),
      mutate: saturateFaultPhase,
    });
    expect(slow).toMatchObject({ verdict: 'inconclusive' });
    expect(slow.because).toContain(
      'p99 900 ms, declared 500 ms; but the machine was saturated in the phase fault',
    );
    const late = await judgeRun(declared, {
      requests: withOrders(new Map()),
      mutate({ ledger }) {
        for (const row of ledger)
          if (row.phase === 'fault' && row.due_us !== null) row.sent_us = row.due_us + 600_000;
      },
    });
    expect(late).toMatchObject({ verdict: 'inconclusive' });
    expect(late.because).toContain('but the generator lagged in the phase fault (p99 600 ms above 100 ms)');
    const failed = await judgeRun(declared, {
      requests: withOrders(sent(0, 10, { outcome: 'error' })),
      mutate: saturateFaultPhase,
    });
    expect(failed.verdict).toBe('fail');
  });

  it('excuses slow answers that were under way while the machine was saturated', async () => {
    const requests = withOrders(sent(0, 2, { latencyMs: 900 }));
    expect(await judgeRun(declared, { requests, mutate: saturate(34, 36) })).toMatchObject({
      verdict: 'inconclusive',
      because:
        'order-create is slow: p99 900 ms, declared 500 ms; but the machine was saturated while 2 of these were under way, so it may be to blame: lower --rate, or let nothing else run',
    });
    expect((await judgeRun(declared, { requests, mutate: saturate(22, 24) })).verdict).toBe('fail');
  });

  it.each([
    [0, 'no answer'],
    [504, '504'],
  ])(
    'excuses requests that timed out (%i) while the machine was saturated, and no answer that failed',
    async (status, name) => {
      const all = degradedAsDeclared.with({
        routes: { ...READS, 'order-create': { minGoodPercent: 90 } },
      });
      const judged = (orders: Orders, saturated: readonly [number, number]) =>
        judgeRun(all, { requests: withOrders(orders), mutate: saturate(...saturated) });
      const givenUp = sent(0, 10, { status, latencyMs: 10_000 });
      expect(await judged(givenUp, [34, 50])).toMatchObject({
        verdict: 'inconclusive',
        because: expect.stringMatching(
          new RegExp(
            `^order-create failed in a way not declared: 10 x ${name}; but the machine was saturated while 10 requests waited that timed out, .*; order-create has 80 % good answers, declared 90 %; but the machine`,
          ),
        ),
      });
      expect((await judged(givenUp, [22, 24])).verdict).toBe('fail');
      expect((await judged(sent(0, 10, { status: 500 }), [34, 50])).verdict).toBe('fail');
      // One answer that failed is enough.
      const both = new Map([...givenUp, ...sent(10, 1, { status: 500 })]);
      expect((await judged(both, [34, 50])).verdict).toBe('fail');
    },
  );
});

/** No idle time from the start of the fault phase on. */
function saturateFaultPhase({ gauges }: Tables): void {
  const idle = gauges.filter(({ metric, labels }) => metric === 'cpu_seconds' && labels.includes('idle'));
  const until = idle.findLast(({ at_us }) => at_us <= (PHASES[1]?.startUs ?? 0));
  for (const row of idle) row.value = Math.min(row.value, until?.value ?? 0);
}
