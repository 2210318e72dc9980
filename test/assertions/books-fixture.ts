/**
 * Healthy books for a fixture run: what the shop and its providers believe when each order of the ledger has come to
 * its end. The orders of baseline and recovery are paid, every fifth by the backup provider; those of the fault phase
 * go each another way (`FAULT_ORDERS`).
 */
import type { Json } from '../../harness/contracts.ts';
import type { Columns } from '../../harness/evidence/tables.ts';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  START_US,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';

export type Row = Record<string, Json>;
export type Books = Record<string, Row[]>;

interface Fate {
  /** What the client saw. */
  readonly status: number | null;
  /** State of the order; undefined: there is none. */
  readonly state?: 'paid' | 'declined' | 'payment_failed' | 'cancelled';
  readonly accepted?: boolean;
  /** State of the attempt at stripe; the backup charges what a paid order's failed attempt left. */
  readonly stripe?: 'charged' | 'failed' | 'declined' | 'refunded' | 'voided';
}

/** The orders of the fault phase, in their order. */
export const FAULT_ORDERS: readonly Fate[] = [
  { status: 503, state: 'payment_failed', stripe: 'refunded' },
  { status: 503, state: 'paid', stripe: 'charged' },
  { status: 504, state: 'payment_failed', stripe: 'voided' },
  { status: 202, state: 'paid', accepted: true, stripe: 'charged' },
  { status: 202, state: 'paid', accepted: true, stripe: 'failed' },
  { status: 202, state: 'cancelled', accepted: true },
  { status: 202, state: 'declined', accepted: true, stripe: 'declined' },
  { status: 402, state: 'declined', stripe: 'declined' },
  { status: 0, state: 'paid', stripe: 'charged' },
  { status: null, state: 'payment_failed', stripe: 'failed' },
  { status: 409 },
  ...Array.from({ length: 6 }, () => ({ status: 503 })),
];

/** Columns of each book. */
export const COLUMNS: Readonly<Record<string, Columns>> = {
  orders: {
    id: 'VARCHAR',
    reference: 'VARCHAR',
    trace_id: 'VARCHAR',
    customer_id: 'VARCHAR',
    state: 'VARCHAR',
    accepted: 'BOOLEAN',
    amount: 'BIGINT',
    items_count: 'BIGINT',
    items: 'VARCHAR',
    created_us: 'DOUBLE',
  },
  payments: {
    order_id: 'VARCHAR',
    provider: 'VARCHAR',
    amount: 'BIGINT',
    currency: 'VARCHAR',
    state: 'VARCHAR',
    charge_id: 'VARCHAR',
  },
  charges: chargeColumns(),
  backup_charges: chargeColumns(),
  stock: { product_id: 'BIGINT', stock: 'BIGINT', initial_stock: 'BIGINT' },
  reservations: { order_id: 'VARCHAR', product_id: 'BIGINT', quantity: 'BIGINT', state: 'VARCHAR' },
  outbox: { id: 'BIGINT', topic: 'VARCHAR', order_id: 'VARCHAR', created_us: 'DOUBLE', done_us: 'DOUBLE' },
  notifications: {
    id: 'BIGINT',
    order_id: 'VARCHAR',
    customer_id: 'VARCHAR',
    kind: 'VARCHAR',
    deliveries: 'BIGINT',
  },
};

function chargeColumns(): Columns {
  return {
    id: 'VARCHAR',
    idempotency_key: 'VARCHAR',
    order_id: 'VARCHAR',
    amount: 'BIGINT',
    currency: 'VARCHAR',
    status: 'VARCHAR',
    refunded: 'BIGINT',
    created_us: 'BIGINT',
  };
}

const isOrder = ({ route }: RequestSpec): boolean => route === 'order-create';

/** Seqs of the orders: all, and those of the fault phase. */
export const ORDER_SEQS = healthyRequests().flatMap((request, seq) => (isOrder(request) ? [seq] : []));
const FAULT_SEQS = ORDER_SEQS.filter((seq) => healthyRequests()[seq]?.phase === 'fault');

export const idOf = (seq: number): string => `order-${seq}`;
/** Cells by which the other books name an order. */
export const ofOrder = (seq: number) => ({ order_id: idOf(seq) });

/** Seq of an order of the fault phase, by its place in FAULT_ORDERS. */
export function faultSeq(place: number): number {
  const seq = FAULT_SEQS[place];
  if (seq === undefined) throw new Error(`the fault phase has no order ${place}`);
  return seq;
}

/** A run of ledger and healthy books; `mutate` changes its books (and the other tables) in place. */
export function bookRun(mutate?: (books: Books, tables: Tables) => void) {
  const requests = healthyRequests().map((request, seq) =>
    isOrder(request) ? { ...request, status: fateOf(seq).status } : request,
  );
  return {
    requests,
    books: healthyBooks(),
    bookColumns: COLUMNS,
    without: ['recording', 'archive', 'timeline', 'gauges'],
    mutate: (tables: Tables) => mutate?.(tables.books, tables),
  } satisfies RunSpec;
}

/** The one row of a book that has these cells. */
export function row(books: Books, book: string, cells: Row): Row {
  const found = (books[book] ?? []).filter((each) =>
    Object.entries(cells).every(([name, value]) => each[name] === value),
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} rows of ${book} are ${JSON.stringify(cells)}`);
  return found[0];
}

/** Changes cells of the one row of a book that has these. */
export function change(books: Books, book: string, cells: Row, to: Row): void {
  Object.assign(row(books, book, cells), to);
}

/** Removes the rows of a book that have these cells, at least one. */
export function drop(books: Books, book: string, cells: Row): void {
  const before = books[book] ?? [];
  const left = before.filter((each) => Object.entries(cells).some(([name, value]) => each[name] !== value));
  if (left.length === before.length) throw new Error(`no row of ${book} is ${JSON.stringify(cells)}`);
  books[book] = left;
}

/** Removes an order from all books in which it is. */
export function forget(books: Books, seq: number): void {
  for (const [name, rows] of Object.entries(books)) {
    books[name] = rows.filter((each) => each['order_id'] !== idOf(seq) && each['id'] !== idOf(seq));
  }
}

/** Makes each row of all books occur twice. */
export function duplicateRows(books: Books): void {
  for (const rows of Object.values(books)) rows.push(...rows.map((each) => ({ ...each })));
}

/** Leaves no row in the books, but their columns. */
export function emptyBooks(books: Books): void {
  for (const name of Object.keys(books)) books[name] = [];
}

/** Adds rows to a book, each like one that is there but for some cells. */
export function addLike(books: Books, book: string, like: Row, ...changes: readonly Row[]): void {
  const model = row(books, book, like);
  books[book]?.push(...changes.map((change) => ({ ...model, ...change })));
}

function fateOf(seq: number): Fate {
  const place = FAULT_SEQS.indexOf(seq);
  const backup = ORDER_SEQS.indexOf(seq) % 5 === 4;
  return FAULT_ORDERS[place] ?? { status: 201, state: 'paid', stripe: backup ? 'failed' : 'charged' };
}

function healthyBooks(): Books {
  const products = [1, 2, 3, 4, 5];
  const books: Books = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, []]));
  ORDER_SEQS.forEach((seq, index) => {
    addOrder(books, seq, index);
  });
  for (const product_id of products) {
    const held = (books['reservations'] ?? []).filter(
      (each) => each['product_id'] === product_id && each['state'] === 'reserved',
    );
    const units = held.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    books['stock']?.push({ product_id, stock: 1000 - units, initial_stock: 1000 });
  }
  return books;
}

function addOrder(books: Books, seq: number, index: number): void {
  const { state, accepted = false, stripe } = fateOf(seq);
  if (state === undefined) return;
  const order_id = idOf(seq);
  const amount = 1000 + seq;
  const atUs = START_US + seq * 175_000;
  const items = [
    { productId: 1 + (index % 4), quantity: 1 + (index % 3) },
    { productId: 1 + ((index + 1) % 4), quantity: 2 },
  ];
  books['orders']?.push({
    id: order_id,
    reference: `1-${seq}`,
    trace_id: traceIdOf(seq),
    customer_id: 'c-1',
    state,
    accepted,
    amount,
    items_count: items.length,
    items: JSON.stringify(items),
    created_us: atUs,
  });
  for (const { productId, quantity } of items) {
    const held = state === 'paid' ? 'reserved' : 'released';
    books['reservations']?.push({ order_id, product_id: productId, quantity, state: held });
  }
  if (stripe !== undefined) addAttempt(books, seq, 'stripe', stripe);
  if (state === 'paid' && stripe === 'failed') addAttempt(books, seq, 'backup', 'charged');
  const notice = { order_id, created_us: atUs, done_us: atUs + 40_000 + index * 1000 };
  if (state === 'paid' || accepted) {
    const kind = state === 'paid' ? 'order_paid' : 'order_cancelled';
    books['outbox']?.push({ id: seq * 2, topic: 'notify', ...notice });
    books['notifications']?.push({ id: seq, order_id, customer_id: 'c-1', kind, deliveries: 1 });
  }
  books['outbox']?.push({ id: seq * 2 + 1, topic: 'audit', ...notice });
}

/** A row of the payments, and what the provider has of it. */
function addAttempt(books: Books, seq: number, provider: 'stripe' | 'backup', state: string): void {
  const order_id = idOf(seq);
  const amount = 1000 + seq;
  const known = state === 'charged' || state === 'refunded' || state === 'declined';
  const charge_id = known ? `${provider}-${seq}` : null;
  books['payments']?.push({ order_id, provider, amount, currency: 'eur', state, charge_id });
  if (!known) return;
  books[provider === 'stripe' ? 'charges' : 'backup_charges']?.push({
    id: charge_id,
    idempotency_key: order_id,
    order_id,
    amount,
    currency: 'eur',
    status: state === 'declined' ? 'failed' : 'succeeded',
    refunded: state === 'refunded' ? amount : 0,
    created_us: START_US + seq * 175_000,
  });
}
