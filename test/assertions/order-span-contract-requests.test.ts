import { describe, expect, it } from 'vitest';
import { traceIdOf } from '../evidence/fixture.ts';
import { broken, type Change, judgeBroken, judgeOrders, PAID, type Span } from './order-spans.ts';

describe('order-span-contract: which requests are orders', () => {
  it('does not mind what was exported twice, and still sees what is wrong', async () => {
    const judgeTwice = (change: Change) =>
      judgeOrders({
        mutate(tables) {
          broken(PAID, change)(tables);
          tables.recording.push(...tables.recording.map((span) => ({ ...span })));
          tables.ledger.push(...tables.ledger.map((row) => ({ ...row })));
        },
      });
    const healthy = await judgeTwice(() => {});
    expect(healthy).toMatchObject({ verdict: 'pass', figures: { orders: 3 } });
    const finding = await judgeTwice(({ drop }) => drop('order.save'));
    expect(finding).toMatchObject({ verdict: 'fail', observed: '1 missing step (order.save 1)' });
  });

  it('counts an answered order whose route was lost, and no other request', async () => {
    const judgeAs = (request: Partial<Span>) =>
      judgeBroken(PAID, ({ server, drop }) => {
        Object.assign(server, request);
        drop('order.create');
      });
    expect(await judgeAs({ http_route: null })).toMatchObject({
      verdict: 'fail',
      examples: [traceIdOf(PAID)],
    });
    for (const other of [{ http_route: '/orders/:id' }, { http_route: null, http_status: 503 }]) {
      expect(await judgeAs(other)).toMatchObject({ verdict: 'pass' });
    }
    expect(await judgeAs({ attributes: '{"http.request.method":"GET"}' })).toMatchObject({
      verdict: 'pass',
      figures: { orders: 2 },
    });
  });

  it('looks at traces of the ledger only', async () => {
    const finding = await judgeBroken(PAID, ({ spans, drop }) => {
      drop('order.create');
      for (const span of spans) span.trace_id = 'f'.repeat(32);
    });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { orders: 2 } });
  });

  it('passes when the request has the method by its older name, or none', async () => {
    const finding = await judgeBroken(PAID, ({ server }) =>
      Object.assign(server, { attributes: '{"http.method":"POST"}' }),
    );
    expect(finding).toMatchObject({ verdict: 'pass' });
  });
});
