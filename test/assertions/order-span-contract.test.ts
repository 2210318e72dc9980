import { describe, expect, it } from 'vitest';
import orderSpanContract from '../../assertions/order-span-contract.ts';
import { traceIdOf } from '../evidence/fixture.ts';
import { judgeRun } from './judge-run.ts';
import {
  broken,
  type Change,
  FAILED,
  judgeBroken,
  judgeOrders,
  orderOf,
  PAID,
  PAID_TOO,
  REQUESTS,
  type Span,
  testBreaches,
  trace,
} from './order-spans.ts';

describe('order-span-contract', () => {
  it('passes when each order has its steps and attributes', async () => {
    const finding = await judgeOrders({ mutate: trace });
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected:
        'each POST /orders of order-service has one order.create with the steps of its answer and their attributes; errors with message and exception',
      observed: 'all have: 2 x 201, 1 x 503',
      figures: { orders: 3, 'orders.201': 2, 'orders.503': 1 },
      examples: [],
    });
    const kinds = Object.entries(finding.figures).filter(([name]) => !name.startsWith('orders'));
    expect(kinds).toHaveLength(12);
    expect(kinds.filter(([, count]) => count !== 0)).toEqual([]);
  });

  testBreaches(PAID, [
    [
      'there is no order.create',
      '1 request without its span (answer 201 1)',
      ({ drop }) => drop('order.create'),
    ],
    [
      'order.create is not a child of the request',
      '1 request without its span (answer 201 1), 1 span elsewhere than below its request (order.create 1)',
      ({ span, server }) => Object.assign(span('order.create'), { parent_id: server.parent_id }),
    ],
    [
      'order.create has no parent',
      '1 request without its span (answer 201 1), 1 span elsewhere than below its request (order.create 1)',
      ({ span }) => Object.assign(span('order.create'), { parent_id: null }),
    ],
    [
      'it is there twice',
      '1 request with several of its spans, 4 missing steps (order.checkInventory 1, order.processPayment 1, order.save 1, order.validate 1)',
      ({ copy }) => copy('order.create'),
    ],
    [
      'a second one is deeper in the tree',
      '1 span elsewhere than below its request (order.create 1)',
      ({ copy, span }) => Object.assign(copy('order.create'), { parent_id: span('order.save').span_id }),
    ],
    ['a step is missing', '1 missing step (order.save 1)', ({ drop }) => drop('order.save')],
    [
      'a step is not a child of order.create',
      '1 missing step (order.save 1)',
      ({ span, server }) => Object.assign(span('order.save'), { parent_id: server.span_id }),
    ],
    ['a step is there twice', '1 repeated step (order.validate 1)', ({ copy }) => copy('order.validate')],
    [
      'an accepted order was paid for',
      '1 step that does not fit the answer (order.processPayment at 202 1)',
      ({ server }) => Object.assign(server, { http_status: 202 }),
    ],
    [
      'a refused order was not validated',
      '1 missing step (order.validate 1)',
      ({ server, drop }) => {
        Object.assign(server, { http_status: 409 });
        drop('order.validate');
      },
    ],
    [
      'an order without a status was not validated',
      '1 missing step (order.validate 1)',
      ({ server, drop }) => {
        Object.assign(server, { http_status: null });
        drop('order.validate');
      },
    ],
    [
      'a refused order was paid for without being saved',
      '1 step without one before it (order.processPayment without order.save 1)',
      ({ server, drop }) => {
        Object.assign(server, { http_status: 402 });
        drop('order.save');
      },
    ],
  ]);

  it.each<[string, number, Change]>([
    [
      'an order is accepted while the stock is not known',
      PAID,
      ({ server, span, drop, set }) => {
        Object.assign(server, { http_status: 202 });
        drop('order.processPayment');
        set('order.checkInventory', { 'inventory.all_available': undefined });
        fail(span('order.checkInventory'));
      },
    ],
    [
      'an invalid order is refused',
      PAID,
      ({ server, drop, set }) => {
        Object.assign(server, { http_status: 400 });
        drop('order.checkInventory', 'order.save', 'order.processPayment');
        set('order.create', { 'order.items_count': undefined, 'order.total': undefined });
      },
    ],
    [
      'validating fails',
      FAILED,
      ({ span, drop, set }) => {
        drop('order.checkInventory', 'order.save', 'order.processPayment');
        set('order.create', { 'order.items_count': undefined, 'order.total': undefined });
        fail(span('order.validate'));
      },
    ],
    [
      'it is sold out',
      PAID,
      ({ server, drop, set }) => {
        Object.assign(server, { http_status: 409 });
        drop('order.save', 'order.processPayment');
        set('order.checkInventory', { 'inventory.all_available': false });
        set('order.create', { 'order.total': undefined });
      },
    ],
  ])('passes when %s', async (_, seq, change) => {
    expect(await judgeBroken(seq, change)).toMatchObject({ verdict: 'pass' });
  });

  it('shows examples of each kind', async () => {
    const finding = await judgeOrders({
      mutate(tables) {
        broken(PAID, ({ drop }) => drop('order.save'))(tables);
        orderOf(tables, PAID_TOO).copy('order.validate');
      },
    });
    expect(finding.because).toBe(
      '1 missing step (order.save 1): each step is a span of its own, child of the root; 1 repeated step (order.validate 1): begin each step once; attempts within it are spans of another name',
    );
    expect(finding.examples).toEqual([traceIdOf(PAID), traceIdOf(PAID_TOO)]);
  });

  it('is inconclusive without a paid order', async () => {
    const none = REQUESTS.slice(0, 1);
    expect(await judgeOrders({ requests: none })).toMatchObject({
      verdict: 'inconclusive',
      observed: 'no POST /orders',
      because: 'no POST /orders of order-service was answered 201, so its contract was not tested',
    });
    const failed = REQUESTS.filter(({ outcome }) => outcome === 'error');
    expect(await judgeOrders({ requests: failed, mutate: trace })).toMatchObject({
      verdict: 'inconclusive',
      observed: 'all have: 1 x 503',
    });
  });

  it('holds for another system by its options', async () => {
    const payment = orderSpanContract.with({
      service: 'payment-service',
      route: '/payments',
      root: 'payment.charge',
      steps: ['charge.send'],
      complete: {},
      attributes: [{ span: 'payment.charge', key: 'circuit_breaker.state', is: 'text' }],
      mustOccur: [200],
    });
    expect(await judgeRun(payment, { requests: REQUESTS })).toMatchObject({
      verdict: 'fail',
      figures: { orders: 3, withoutRoot: 0, missingSteps: 3, wrongAttributes: 0 },
    });
  });

  it('rejects names that are no steps', () => {
    expect(() => orderSpanContract.with({ complete: { '201': ['order.pay'] } })).toThrow(
      "'order.pay' is not among the steps: order.validate, order.checkInventory",
    );
    expect(() =>
      orderSpanContract.with({ attributes: [{ span: 'order.ship', key: 'x', is: 'text' }] }),
    ).toThrow("'order.ship' is not among the steps");
    expect(() => orderSpanContract.with({ complete: { ok: [] } })).toThrow('complete');
  });
});

function fail(span: Span): void {
  span.status = 'error';
  span.status_message = 'it failed';
  span.events = '[{"name":"exception","atUs":1,"attributes":{"exception.message":"it failed"}}]';
}
