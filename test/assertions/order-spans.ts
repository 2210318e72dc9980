/** Orders with the spans that the shop records, ways to break them, and what their contract finds then. */
import { expect, it } from 'vitest';
import orderSpanContract from '../../assertions/order-span-contract.ts';
import type { Finding, Json, SpanRow } from '../../harness/contracts.ts';
import type { Mutable } from '../evidence/fixture/tables.ts';
import { type RequestSpec, type RunSpec, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { judgeRun } from './judge-run.ts';

export type Span = Mutable<SpanRow>;

const contract = orderSpanContract.with();

/** Two orders that were paid, and one that failed. */
export const REQUESTS: readonly RequestSpec[] = [
  { route: 'product-read', phase: 'baseline' },
  { route: 'order-create', phase: 'baseline' },
  { route: 'order-create', phase: 'baseline' },
  { route: 'order-create', phase: 'fault', outcome: 'error' },
];
export const [PAID, PAID_TOO, FAILED] = [1, 2, 3];

/** What the order service of the shop records beyond the fixture's. */
const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'order.create': {
    'order.id': '5018d9f5-4c16-41d0-befe-014011645669',
    'order.customer_id': 'c-1',
    'order.items_count': 2,
    'order.total': 4250,
  },
  'order.checkInventory': { 'inventory.all_available': true },
  'order.processPayment': { 'payment.amount': 4250 },
};

/** The spans of one order, and ways to break them. */
interface Order {
  readonly spans: readonly Span[];
  readonly server: Span;
  span(name: string): Span;
  /** Not recorded. */
  drop(...names: readonly string[]): void;
  /** Recorded once more, as another span. */
  copy(name: string): Span;
  /** undefined = without the attribute. */
  set(name: string, attributes: Readonly<Record<string, Json | undefined>>): void;
}

export type Change = (order: Order) => void;
/** A change that breaks the contract: what it is, what is observed, and how it is done. */
export type Breach = [what: string, observed: string, change: Change];

export function orderOf(tables: Tables, seq: number): Order {
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
    drop(...names) {
      for (const name of names) tables.recording.splice(tables.recording.indexOf(span(name)), 1);
    },
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

/** Records the orders as the shop does. */
export function trace(tables: Tables): void {
  for (const { seq } of tables.ledger.filter(({ route }) => route === 'order-create')) {
    const { server, set } = orderOf(tables, seq);
    if (server.http_status === 200) server.http_status = 201;
    for (const [name, attributes] of Object.entries(ATTRIBUTES)) set(name, attributes);
  }
}

/** Records them so, and changes one. */
export function broken(seq: number, change: Change): (tables: Tables) => void {
  return (tables) => {
    trace(tables);
    change(orderOf(tables, seq));
  };
}

/** What the contract finds in a run of REQUESTS. */
export function judgeOrders(spec: RunSpec): Promise<Finding> {
  return judgeRun(contract, { requests: REQUESTS, ...spec });
}

/** What it finds when one order is changed. */
export function judgeBroken(seq: number, change: Change): Promise<Finding> {
  return judgeOrders({ mutate: broken(seq, change) });
}

/** A test for each breach by an order: the contract fails, with just this, and the order as its example. */
export function testBreaches(seq: number, breaches: readonly Breach[]): void {
  it.each(breaches)('fails when %s', async (_, observed, change) => {
    expect(await judgeBroken(seq, change)).toMatchObject({
      verdict: 'fail',
      observed,
      examples: [traceIdOf(seq)],
    });
  });
}
