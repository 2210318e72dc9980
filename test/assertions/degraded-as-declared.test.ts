import { describe, expect, it } from 'vitest';
import degradedAsDeclared from '../../assertions/degraded-as-declared.ts';
import { runRecord } from '../evidence/fixture/run.ts';
import { type RunSpec, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { declared, FIRST_ORDER, FIRST_READ, type Orders, READS, sent, withOrders } from './declared-runs.ts';
import { judgeRun } from './judge-run.ts';

describe('degraded-as-declared', () => {
  it('passes just within what is declared', async () => {
    // 5 of 50 failed, 5 of 50 degraded.
    const requests = [
      ...sent(0, 3, { outcome: 'error' }),
      ...sent(3, 2, { status: 0 }),
      ...sent(5, 5, { status: 202 }),
    ];
    expect(await judgeRun(declared, { requests: withOrders(requests) })).toMatchObject({
      verdict: 'pass',
      expected:
        'product-read good >= 100 %, degraded <= 0 %, no other answer; order-create good >= 90 %, degraded <= 10 %, p99 <= 500 ms, else 503, no answer',
      observed:
        'product-read good 100 %, degraded 0 %, p99 20 ms; order-create good 90 %, degraded 10 %, p99 120 ms, 3 x 503, 2 x no answer',
      figures: {
        'product-read.requests': 50,
        'product-read.failures': '',
        'order-create.requests': 50,
        'order-create.goodPercent': 90,
        'order-create.degradedPercent': 10,
        'order-create.p99Ms': 120.15,
        'order-create.failures': '3 x 503, 2 x no answer',
        'order-create.baselineRequests': 50,
        'order-create.baselineGoodPercent': 100,
      },
      examples: [],
    });
  });

  it.each<[string, Orders, string]>([
    [
      'good answers are too few',
      sent(0, 10, { outcome: 'error' }),
      'order-create has 80 % good answers, declared 90 %',
    ],
    [
      'degraded answers are too many',
      sent(0, 10, { status: 202 }),
      'order-create has 20 % degraded answers, declared 10 %',
    ],
    [
      'a status is not declared',
      sent(0, 1, { status: 500 }),
      'order-create failed in a way not declared: 1 x 500',
    ],
    ['answers are slow', sent(0, 2, { latencyMs: 501 }), 'order-create is slow: p99 501 ms, declared 500 ms'],
    [
      'requests wait long for no answer',
      sent(0, 2, { status: 0, latencyMs: 10_000 }),
      'order-create is slow: p99 10,000 ms, declared 500 ms',
    ],
  ])('fails when %s', async (_, orders, because) => {
    const finding = await judgeRun(declared, { requests: withOrders(orders) });
    expect(finding).toMatchObject({ verdict: 'fail', because });
    expect(finding.examples).toEqual([...orders.keys()].map((index) => traceIdOf(FIRST_ORDER + index)));
  });

  it.each<[string, Orders, string]>([
    [
      'too few good answers',
      sent(0, 6, { outcome: 'error' }),
      'order-create has 88 % good answers, declared 90 %',
    ],
    [
      'too many degraded answers',
      sent(0, 9, { status: 202 }),
      'order-create has 18 % degraded answers, declared 10 %',
    ],
    ['one slow answer', sent(0, 1, { latencyMs: 901 }), 'order-create is slow: p99 518 ms, declared 500 ms'],
  ])('says that %s may be chance where requests are few', async (_, orders, what) => {
    expect(await judgeRun(declared, { requests: withOrders(orders) })).toMatchObject({
      verdict: 'inconclusive',
      because: `${what}; but of 50 requests that may be chance: make the phase longer`,
    });
  });

  it('that all answers are good is refuted by a single one', async () => {
    const all = degradedAsDeclared.with({
      routes: { ...READS, 'order-create': { minGoodPercent: 100, failures: [503] } },
    });
    const finding = await judgeRun(all, { requests: withOrders(sent(0, 1, { outcome: 'error' })) });
    expect(finding.verdict).toBe('fail');
  });

  it('passes when answers are just fast enough', async () => {
    const finding = await judgeRun(declared, { requests: withOrders(sent(0, 2, { latencyMs: 499 })) });
    expect(finding.verdict).toBe('pass');
  });

  it('names all breaches, and fails though another route was not tested', async () => {
    const requests = withOrders(sent(0, 50, { status: 404 })).filter(
      ({ route, phase }, index) => route !== 'product-read' || phase !== 'fault' || index < FIRST_READ + 29,
    );
    const finding = await judgeRun(declared, { requests });
    expect(finding).toMatchObject({
      verdict: 'fail',
      because:
        'order-create failed in a way not declared: 50 x 404; order-create has 0 % good answers, declared 90 %',
    });
    expect(finding.examples).toHaveLength(10);
  });

  it('does not let repeated rows hide a failure', async () => {
    const finding = await judgeRun(declared, {
      requests: withOrders(sent(0, 10, { outcome: 'error' })),
      mutate: repeatGoodRows,
    });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { 'order-create.requests': 50 } });
  });

  it('says nothing when a request has no record, and fails all the same for another reason', async () => {
    const missing = sent(0, 1, { status: null });
    expect(await judgeRun(declared, { requests: withOrders(missing) })).toMatchObject({
      verdict: 'inconclusive',
      because: '1 order-create request without a record of its answer',
    });
    const both = new Map([...missing, ...sent(1, 2, { status: 404 })]);
    expect((await judgeRun(declared, { requests: withOrders(both) })).verdict).toBe('fail');
  });

  it('does not take rows without times for good answers', async () => {
    const finding = await judgeRun(declared, {
      requests: withOrders(new Map()),
      mutate({ ledger }) {
        Object.assign(ledger[FIRST_ORDER] ?? {}, { latency_us: null });
      },
    });
    expect(finding.verdict).toBe('inconclusive');
  });

  it('looks at another phase when told', async () => {
    const recovery = degradedAsDeclared.with({
      routes: { ...READS, 'order-create': { minGoodPercent: 100 } },
      phase: 'recovery',
    });
    const requests = withOrders(sent(0, 50, { outcome: 'error' }));
    expect((await judgeRun(recovery, { requests })).verdict).toBe('pass');
  });

  it.each<[string, RunSpec, string]>([
    [
      'a route has too few requests',
      {
        requests: withOrders(new Map()).filter((_, index) => index < FIRST_ORDER || index > FIRST_ORDER + 20),
      },
      '29 order-create requests in the phase fault, 30 are needed: make it longer',
    ],
    [
      'it had none in the baseline',
      {
        requests: withOrders(new Map()).filter(
          ({ route, phase }) => route !== 'order-create' || phase !== 'baseline',
        ),
      },
      'no order-create request in the baseline',
    ],
    [
      'it was ill before',
      {
        requests: withOrders(sent(0, 50, { outcome: 'error' })).map((request, index) =>
          index === 60 ? { ...request, status: 500 } : request,
        ),
      },
      'order-create was ill before: 98 % good answers in the baseline, 99 % are needed',
    ],
    [
      'its fault was never in force',
      {
        requests: withOrders(sent(0, 50, { outcome: 'error' })),
        run: { faults: runRecord(300).faults.map(({ on, id, parameters }) => ({ on, id, parameters })) },
      },
      'no fault was in force, so nothing had a reason to degrade',
    ],
  ])('is inconclusive when %s', async (_, spec, because) => {
    expect(await judgeRun(declared, spec)).toMatchObject({ verdict: 'inconclusive', because });
  });

  it('passes with exactly as many requests as are needed', async () => {
    const requests = withOrders(new Map()).filter(
      (_, index) => index < FIRST_ORDER || index >= FIRST_ORDER + 20,
    );
    expect((await judgeRun(declared, { requests })).verdict).toBe('pass');
  });

  it('judges a scenario without faults', async () => {
    const requests = withOrders(sent(0, 10, { outcome: 'error' }));
    expect((await judgeRun(declared, { requests, run: { faults: [] } })).verdict).toBe('fail');
  });

  it('wants every route declared, and none that does not exist', async () => {
    const { 'product-read': reads } = READS;
    await expect(judgeRun(degradedAsDeclared.with({ routes: READS }))).rejects.toThrow(
      "nothing says how order-create may degrade. Declare it in the option 'routes', or name it in 'undeclared'.",
    );
    await expect(judgeRun(degradedAsDeclared.with({ routes: { basket: reads } }))).rejects.toThrow(
      'called basket. There are: product-read, order-create, health.',
    );
    const some = degradedAsDeclared.with({ routes: READS, undeclared: ['order-create', 'health'] });
    expect((await judgeRun(some, { requests: withOrders(new Map()) })).verdict).toBe('pass');
  });
});

function repeatGoodRows({ ledger }: Tables): void {
  ledger.push(...ledger.filter(({ status }) => status === 200).map((row) => ({ ...row })));
}
