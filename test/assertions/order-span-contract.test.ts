import { describe, expect, it } from 'vitest';
import orderSpanContract from '../../assertions/order-span-contract.ts';
import type { Json, SpanRow } from '../../harness/contracts.ts';
import type { Mutable } from '../evidence/fixture/tables.ts';
import { type RequestSpec, type RunSpec, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { judgeRun } from './judge-run.ts';

type Span = Mutable<SpanRow>;

const contract = orderSpanContract.with();
/** Two orders that were paid, and one that failed. */
const REQUESTS: readonly RequestSpec[] = [
  { route: 'product-read', phase: 'baseline' },
  { route: 'order-create', phase: 'baseline' },
  { route: 'order-create', phase: 'baseline' },
  { route: 'order-create', phase: 'fault', outcome: 'error' },
];
const [PAID, PAID_TOO, FAILED] = [1, 2, 3];

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

  it.each<[string, string, (order: Order) => void]>([
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
    ...(['order.id', 'order.customer_id'] as const).flatMap(
      (key): [string, string, (order: Order) => void][] =>
        [undefined, '', ' ', null, 7].map((value) => [
          `${key} is ${JSON.stringify(value)}`,
          `1 missing or wrong attribute (order.create ${key} 1)`,
          ({ set }) => set('order.create', { [key]: value }),
        ]),
    ),
    ...[undefined, 0, -1, 0.5, '2', null].map((value): [string, string, (order: Order) => void] => [
      `order.items_count is ${JSON.stringify(value)}`,
      '1 missing or wrong attribute (order.create order.items_count 1)',
      ({ set }) => set('order.create', { 'order.items_count': value }),
    ]),
    ...[undefined, 'true', 1, null].map((value): [string, string, (order: Order) => void] => [
      `inventory.all_available is ${JSON.stringify(value)}`,
      '1 missing or wrong attribute (order.checkInventory inventory.all_available 1)',
      ({ set }) => set('order.checkInventory', { 'inventory.all_available': value }),
    ]),
    ...[undefined, 0, '4250', null].map((value): [string, string, (order: Order) => void] => [
      `payment.amount is ${JSON.stringify(value)}`,
      '1 missing or wrong attribute (order.processPayment payment.amount 1)',
      ({ set }) => set('order.processPayment', { 'payment.amount': value }),
    ]),
    ...[undefined, 0].map((value): [string, string, (order: Order) => void] => [
      `order.total is ${JSON.stringify(value)}`,
      '1 missing or wrong attribute (order.create order.total 1), 1 attribute that differs from that of the root (order.processPayment payment.amount 1)',
      ({ set }) => set('order.create', { 'order.total': value }),
    ]),
    [
      'the amount differs from the total',
      '1 attribute that differs from that of the root (order.processPayment payment.amount 1)',
      ({ set }) => set('order.processPayment', { 'payment.amount': 4251 }),
    ],
    [
      'all attributes are lost',
      '2 missing or wrong attributes (order.checkInventory inventory.all_available 1, order.processPayment payment.amount 1)',
      ({ span }) => {
        Object.assign(span('order.checkInventory'), { attributes: '{}' });
        Object.assign(span('order.processPayment'), { attributes: null });
      },
    ],
  ])('fails when %s', async (_, observed, change) => {
    expect(await judgeOrders({ mutate: broken(PAID, change) })).toMatchObject({
      verdict: 'fail',
      observed,
      examples: [traceIdOf(PAID)],
    });
  });

  it.each<[string, string, (order: Order) => void]>([
    ...[null, '', ' '].map((message): [string, string, (order: Order) => void] => [
      `an error has the message ${JSON.stringify(message)}`,
      '1 error without a message (order.create 1)',
      ({ span }) => Object.assign(span('order.create'), { status_message: message }),
    ]),
    ...[
      null,
      '',
      '[]',
      '[{"name":"log","attributes":{"exception.message":"x"}}]',
      '[{"name":"exception","attributes":{"exception.message":"","exception.stacktrace":"x"}}]',
      '[{"name":"exception"}]',
    ].map((events): [string, string, (order: Order) => void] => [
      `an error has the events ${JSON.stringify(events)}`,
      '1 error without an exception event (order.processPayment 1)',
      ({ span }) => Object.assign(span('order.processPayment'), { events }),
    ]),
    [
      'a failed answer has a span without an error',
      '1 failed answer (5xx) whose span has no error (answer 503 1)',
      ({ span }) => Object.assign(span('order.create'), { status: 'unset' }),
    ],
    [
      'a failed order that was validated does not say of how many items',
      '1 missing or wrong attribute (order.create order.items_count 1)',
      ({ span, drop, set }) => {
        for (const step of ['order.checkInventory', 'order.save', 'order.processPayment']) drop(step);
        set('order.create', { 'order.items_count': undefined });
        Object.assign(span('order.validate'), { status: 'unset' });
      },
    ],
  ])('fails when %s', async (_, observed, change) => {
    expect(await judgeOrders({ mutate: broken(FAILED, change) })).toMatchObject({
      verdict: 'fail',
      observed,
      examples: [traceIdOf(FAILED)],
    });
  });

  it.each<[string, number, (order: Order) => void]>([
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
        for (const step of ['order.checkInventory', 'order.save', 'order.processPayment']) drop(step);
        set('order.create', { 'order.items_count': undefined, 'order.total': undefined });
      },
    ],
    [
      'validating fails',
      FAILED,
      ({ span, drop, set }) => {
        for (const step of ['order.checkInventory', 'order.save', 'order.processPayment']) drop(step);
        set('order.create', { 'order.items_count': undefined, 'order.total': undefined });
        fail(span('order.validate'));
      },
    ],
    [
      'it is sold out',
      PAID,
      ({ server, drop, set }) => {
        Object.assign(server, { http_status: 409 });
        for (const step of ['order.save', 'order.processPayment']) drop(step);
        set('order.checkInventory', { 'inventory.all_available': false });
        set('order.create', { 'order.total': undefined });
      },
    ],
    [
      'an exception has only a type',
      FAILED,
      ({ span }) => {
        const events = '[{"name":"exception","atUs":1,"attributes":{"exception.type":"Error"}}]';
        Object.assign(span('order.create'), { events });
      },
    ],
    [
      'the numbers are written otherwise',
      PAID,
      ({ set }) => {
        set('order.create', { 'order.items_count': 1, 'order.total': 42.5 });
        set('order.processPayment', { 'payment.amount': 42.5 });
      },
    ],
    [
      'the request has the method by its older name, or none',
      PAID,
      ({ server }) => Object.assign(server, { attributes: '{"http.method":"POST"}' }),
    ],
  ])('passes when %s', async (_, seq, change) => {
    expect(await judgeOrders({ mutate: broken(seq, change) })).toMatchObject({ verdict: 'pass' });
  });

  it('does not mind what was exported twice, and still sees what is wrong', async () => {
    const twice = ({ recording, ledger }: Tables): void => {
      recording.push(...recording.map((span) => ({ ...span })));
      ledger.push(...ledger.map((row) => ({ ...row })));
    };
    const healthy = await judgeOrders({
      mutate(tables) {
        trace(tables);
        twice(tables);
      },
    });
    expect(healthy).toMatchObject({ verdict: 'pass', figures: { orders: 3 } });
    const finding = await judgeOrders({
      mutate(tables) {
        broken(PAID, ({ drop }) => drop('order.save'))(tables);
        twice(tables);
      },
    });
    expect(finding).toMatchObject({ verdict: 'fail', observed: '1 missing step (order.save 1)' });
  });

  it('counts an answered order whose route was lost, and no other request', async () => {
    const lost = broken(PAID, ({ server, drop }) => {
      Object.assign(server, { http_route: null });
      drop('order.create');
    });
    expect(await judgeOrders({ mutate: lost })).toMatchObject({
      verdict: 'fail',
      examples: [traceIdOf(PAID)],
    });
    for (const change of [{ http_route: '/orders/:id' }, { http_route: null, http_status: 503 }]) {
      const other = broken(PAID, ({ server, drop }) => {
        Object.assign(server, change);
        drop('order.create');
      });
      expect(await judgeOrders({ mutate: other })).toMatchObject({ verdict: 'pass' });
    }
    const get = broken(PAID, ({ server, drop }) => {
      Object.assign(server, { attributes: '{"http.request.method":"GET"}' });
      drop('order.create');
    });
    expect(await judgeOrders({ mutate: get })).toMatchObject({
      verdict: 'pass',
      figures: { orders: 2 },
    });
  });

  it('looks at traces of the ledger only', async () => {
    const mutate = broken(PAID, ({ spans, drop }) => {
      drop('order.create');
      for (const span of spans) span.trace_id = 'f'.repeat(32);
    });
    expect(await judgeOrders({ mutate })).toMatchObject({ verdict: 'pass', figures: { orders: 2 } });
  });

  it('shows examples of each kind', async () => {
    const finding = await judgeOrders({
      mutate(tables) {
        broken(PAID, ({ drop }) => drop('order.save'))(tables);
        const { copy } = orderOf(tables, PAID_TOO);
        copy('order.validate');
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

const ROOT: Readonly<Record<string, Json>> = {
  'order.id': '5018d9f5-4c16-41d0-befe-014011645669',
  'order.customer_id': 'c-1',
  'order.items_count': 2,
  'order.total': 4250,
};
const STEP_ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'order.checkInventory': { 'inventory.all_available': true },
  'order.processPayment': { 'payment.amount': 4250 },
};

function judgeOrders(spec: RunSpec) {
  return judgeRun(contract, { requests: REQUESTS, ...spec });
}

/** The spans of one order, and ways to break them. */
interface Order {
  readonly spans: readonly Span[];
  readonly server: Span;
  span(name: string): Span;
  /** Not recorded. */
  drop(name: string): void;
  /** Recorded once more, as another span. */
  copy(name: string): Span;
  /** undefined = without the attribute. */
  set(name: string, attributes: Readonly<Record<string, Json | undefined>>): void;
}

function orderOf(tables: Tables, seq: number): Order {
  const spans = tables.spansOf(seq);
  const span = (name: string): Span => {
    const found = spans.find((each) => each.name === name);
    if (!found) throw new Error(`request ${seq} has no span ${name}`);
    return found;
  };
  return {
    spans,
    server: span('POST /orders'),
    span,
    drop: (name) => void tables.recording.splice(tables.recording.indexOf(span(name)), 1),
    copy(name) {
      const copy = { ...span(name), span_id: `ffff${span(name).span_id.slice(4)}` };
      tables.recording.push(copy);
      return copy;
    },
    set(name, attributes) {
      const all: Record<string, Json | undefined> = { ...JSON.parse(span(name).attributes), ...attributes };
      span(name).attributes = JSON.stringify(all);
    },
  };
}

/** What the order service of the shop records beyond the fixture's. */
function trace(tables: Tables): void {
  for (const { seq } of tables.ledger.filter(({ route }) => route === 'order-create')) {
    const { server, set } = orderOf(tables, seq);
    if (server.http_status === 200) server.http_status = 201;
    set('order.create', ROOT);
    for (const [name, attributes] of Object.entries(STEP_ATTRIBUTES)) set(name, attributes);
  }
}

function broken(seq: number, change: (order: Order) => void): (tables: Tables) => void {
  return (tables) => {
    trace(tables);
    change(orderOf(tables, seq));
  };
}

function fail(span: Span): void {
  span.status = 'error';
  span.status_message = 'it failed';
  span.events = '[{"name":"exception","atUs":1,"attributes":{"exception.message":"it failed"}}]';
}
