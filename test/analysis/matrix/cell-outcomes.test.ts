import { describe, expect, it } from 'vitest';
import { cellOutcomes } from '../../../analysis/matrix/cell-outcomes.ts';
import { runRecord } from '../../evidence/fixture/run.ts';
import { makeRun, PHASES, type RequestSpec, type RunSpec, START_US } from '../../evidence/fixture.ts';

/** Enough of each route in each phase; in the fault phase orders do as told. */
function requests(orders: Partial<RequestSpec>): RequestSpec[] {
  return (['baseline', 'fault', 'recovery'] as const).flatMap((phase) =>
    (['product-read', 'order-create', 'health'] as const).flatMap((route) =>
      Array.from({ length: 40 }, (): RequestSpec => {
        const isOrder = route === 'order-create' && phase === 'fault';
        return { route, phase, ...(isOrder ? orders : {}) };
      }),
    ),
  );
}

/** Orders that wait for Stripe, so that the fixture's fault takes hold. */
const SLOW = { outcome: 'slow', latencyMs: 2500 } as const;

async function outcomesOf(spec: RunSpec) {
  const run = await makeRun(spec);
  try {
    const { held, routes } = await cellOutcomes(await run.open());
    return { held, routes, byRoute: Object.fromEntries(routes.map((each) => [each.route, each.outcome])) };
  } finally {
    run.remove();
  }
}

describe('cellOutcomes', () => {
  it('tells failed from unaffected', async () => {
    const found = await outcomesOf({ requests: requests({ outcome: 'error', latencyMs: 3060 }) });
    expect(found.held).toBe(true);
    expect(found.byRoute).toEqual({
      'product-read': 'unaffected',
      'order-create': 'failed',
      health: 'unaffected',
    });
    expect(found.routes.map(({ goodputRatio }) => goodputRatio)).toEqual([1, 0, 1]);
  });

  it('sees answers that are slow, from when they were due', async () => {
    expect((await outcomesOf({ requests: requests(SLOW) })).byRoute['order-create']).toBe('degraded');
  });

  it('sees it though every fifth answer was as slow before', async () => {
    const found = await outcomesOf({
      requests: requests(SLOW),
      mutate: ({ ledger }) => {
        const before = ledger.filter(({ phase, route }) => phase === 'baseline' && route === 'order-create');
        for (const [index, row] of before.entries()) if (index % 5 === 0) row.latency_us = 2_500_000;
      },
    });
    expect(found.byRoute['order-create']).toBe('degraded');
  });

  it('sees answers that the system marks as degraded', async () => {
    const found = await outcomesOf({ requests: requests({ ...SLOW, latencyMs: 3000, status: 202 }) });
    expect(found.routes.find(({ route }) => route === 'order-create')).toMatchObject({
      outcome: 'degraded',
      because: expect.stringContaining('40 of 40 answers marked as degraded'),
    });
  });

  it('counts requests without an answer as failed', async () => {
    const found = await outcomesOf({ requests: requests({ ...SLOW, status: 0 }) });
    expect(found.byRoute['order-create']).toBe('failed');
  });

  it('counts a request once, however often it is recorded', async () => {
    const once = await outcomesOf({ requests: requests(SLOW) });
    const twice = await outcomesOf({
      requests: requests(SLOW),
      mutate: (tables) => {
        tables.ledger.push(...tables.ledger.map((row) => ({ ...row })));
      },
    });
    expect(twice.routes).toEqual(once.routes);
  });

  const record = runRecord(360);
  it.each<[string, RunSpec, string]>([
    ['the fault did not take hold', { requests: requests({}) }, 'the fault did not take hold'],
    [
      'the fault was never in force',
      { run: { faults: record.faults.map(({ on, id, parameters }) => ({ on, id, parameters })) } },
      'the fault was never in force',
    ],
    ['there is no fault', { run: { faults: [] } }, 'the run has 0 faults, a cell has one'],
    [
      'there are two',
      { run: { faults: [...record.faults, ...record.faults] } },
      'the run has 2 faults, a cell has one',
    ],
    [
      'a part died',
      {
        run: {
          status: 'broken',
          problem: { part: 'order-service', partKind: 'service', message: 'order-service died', logTail: '' },
        },
      },
      'the run did not complete: order-service died',
    ],
    ['there is no ledger', { without: ['ledger'] }, 'there is no ledger'],
    [
      'there is no recording',
      { without: ['recording'] },
      'without a recording nothing says that the fault took hold',
    ],
  ])('says nothing when %s', async (_, spec, because) => {
    const { held, routes } = await outcomesOf({ requests: requests(SLOW), ...spec });
    expect(held).toBe(false);
    expect(routes).toHaveLength(3);
    for (const each of routes)
      expect(each).toMatchObject({ outcome: 'unknown', because: expect.stringContaining(because) });
  });

  it('does not hold slowness against the system when the generator lagged', async () => {
    const found = await outcomesOf({
      requests: requests(SLOW),
      mutate: ({ ledger }) => {
        for (const row of ledger) if (row.phase === 'fault' && row.sent_us !== null) row.sent_us += 300_000;
      },
    });
    expect(found.byRoute['order-create']).toBe('unknown');
    expect(found.byRoute.health).toBe('unknown');
  });

  it.each([
    ['in the fault phase alone', (second: number) => second >= 20 && second <= 50, 'unknown'],
    ['all the time', () => true, 'degraded'],
    ['never', () => false, 'degraded'],
  ])('when the machine was saturated %s', async (_, isBusy, outcome) => {
    const found = await outcomesOf({
      requests: requests(SLOW),
      mutate: ({ gauges }) => {
        let [busy, idle] = [0, 0];
        const rows = gauges.filter(({ part, metric }) => part === 'machine' && metric === 'cpu_seconds');
        for (const at of new Set(rows.map(({ at_us }) => at_us))) {
          const isFull = isBusy((at - START_US) / 1e6);
          [busy, idle] = isFull ? [busy + 2, idle] : [busy + 1, idle + 1];
          for (const row of rows)
            if (row.at_us === at)
              row.value = row.labels.includes('busy') ? busy : row.labels.includes('idle') ? idle : 0;
        }
      },
    });
    expect(PHASES[1]?.startUs).toBe(START_US + 20e6);
    expect(found.byRoute['order-create']).toBe(outcome);
  });
});
