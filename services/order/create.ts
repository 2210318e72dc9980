import { randomUUID } from 'node:crypto';
import { SpanKind } from '@opentelemetry/api';
import { CURRENCY } from '../lib/catalogue.ts';
import { Deadline } from '../lib/deadline.ts';
import { HttpError } from '../lib/http-error.ts';
import { withSpan } from '../lib/spans.ts';
import { getCart, getUser } from './customer.ts';
import { deliver } from './notice.ts';
import { pay } from './pay.ts';
import { calculatePrice, checkProducts } from './pricing.ts';
import { type Items, invalidOrder, type OrderBody, parseOrder } from './request.ts';
import { isOutage, type Shop } from './shop.ts';
import { releaseStock, requireAll, reserveStock } from './stock.ts';
import { finishOrder, insertOrder, type Order, type OrderState, type Task } from './store.ts';
import { withContext } from './with-context.ts';

export interface Mitigations {
  /** What is to be done later is written down with the order; else it is tried at once, once. */
  readonly outbox: boolean;
  /** An order is accepted although inventory-service cannot be asked. Needs the outbox. */
  readonly optimistic: boolean;
}

export interface Created {
  readonly status: 201 | 202;
  readonly body: object;
}

interface Checked {
  readonly items: Items;
  readonly voucherPercent: number;
  readonly body: OrderBody;
}

/** For putting stock back at once: what has kept the order may be that its own deadline has passed. */
const RELEASE_MS = 2000;

/** Takes an order through validation, stock, price, payment and notice. Throws HttpError when it cannot be taken. */
export function createOrder(
  shop: Shop,
  { outbox, optimistic }: Mitigations,
  customerId: string,
  body: unknown,
  deadline: Deadline,
): Promise<Created> {
  const id = randomUUID();
  return withSpan('order.create', { 'order.id': id, 'order.customer_id': customerId }, async (span) => {
    const checked = await validate(shop, customerId, body);
    span.setAttribute('order.items_count', checked.items.length);
    const order = (state: OrderState, amount: number): Order => ({
      id,
      customerId,
      state,
      amount,
      accepted: state === 'accepted',
      items: checked.items,
      reference: checked.body.reference ?? null,
      paymentToken: checked.body.paymentToken,
      traceId: span.spanContext().traceId,
    });
    const outage = await checkInventory(shop, id, checked.items, deadline);
    const amount = await calculatePrice(shop.prices, checked.items, checked.voucherPercent);
    span.setAttribute('order.total', amount);
    if (outage === undefined) {
      const pending = order('pending', amount);
      await save(shop, pending);
      await charge(shop, pending, outbox, deadline);
      const notice = await finishPaid(shop, pending, outbox, deadline);
      return { status: 201, body: { ...answer(pending, 'paid'), notice } };
    }
    if (optimistic && isOutage(outage)) {
      const accepted = order('accepted', amount);
      await save(shop, accepted, { topic: 'confirm' });
      return { status: 202, body: answer(accepted, 'accepted') };
    }
    await giveUp(shop, order('cancelled', amount), outage, outbox);
    throw outage;
  });
}

function validate(shop: Shop, customerId: string, body: unknown): Promise<Checked> {
  return withSpan('order.validate', {}, async () => {
    const parsed = parseOrder(body);
    await getUser(shop.database, customerId);
    const cart = await getCart(shop.database, customerId);
    const items = parsed.items ?? cart.items;
    if (items.length === 0) throw invalidOrder({ items: 'is missing, and the cart is empty' });
    checkProducts(shop.prices, items);
    return { items, voucherPercent: cart.voucherPercent, body: parsed };
  });
}

/** Reserves the stock. Resolves to what kept it from that, since the order may go on without. */
function checkInventory(shop: Shop, id: string, items: Items, deadline: Deadline): Promise<unknown> {
  return withSpan('order.checkInventory', {}, async (span) => {
    const check = await reserveStock(shop.stock, id, items, deadline);
    span.setAttribute('inventory.all_available', check.allAvailable);
    requireAll(check);
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

/** Stores the order, with what is to be done for it. When that fails, the stock goes back that may be reserved. */
async function save(shop: Shop, order: Order, ...tasks: readonly Task[]): Promise<void> {
  try {
    await withSpan('order.save', {}, () =>
      withSpan('db.saveOrder', {}, () => insertOrder(shop.database, order, withContext(tasks))),
    );
  } catch (thrown) {
    await releaseNow(shop, order);
    throw thrown;
  }
}

/** Puts back what may be reserved of an order that cannot be taken: the answer was lost, or came product by product. */
async function giveUp(shop: Shop, order: Order, why: unknown, outbox: boolean): Promise<void> {
  if (shop.stock.check === 'batch' && !isOutage(why)) return;
  try {
    if (!outbox) return await releaseNow(shop, order);
    await insertOrder(shop.database, order, withContext([{ topic: 'release' }]));
  } catch {
    await releaseNow(shop, order);
  }
}

/** Pays. When that fails, the order says why, the reserved stock goes back, and so does what was charged perhaps. */
async function charge(shop: Shop, order: Order, outbox: boolean, deadline: Deadline): Promise<void> {
  try {
    await withSpan('order.processPayment', { 'payment.amount': order.amount }, () =>
      pay(shop.payment, order, deadline),
    );
  } catch (thrown) {
    const declined = thrown instanceof HttpError && thrown.status === 402;
    const undo: Task[] = declined
      ? [{ topic: 'release' }]
      : [{ topic: 'release' }, { topic: 'cancel-payment' }];
    const state = declined ? 'declined' : 'payment_failed';
    const ended = await finishOrder(shop.database, order.id, state, withContext(outbox ? undo : [])).catch(
      // It stays pending, and expires.
      (failure: unknown) => console.error(`order ${order.id} is not ended: ${failure}`),
    );
    if (ended && !outbox) await releaseNow(shop, order);
    throw thrown;
  }
}

/** Ends the order as paid and tells the customer, or sees to it that he will be told. */
async function finishPaid(
  shop: Shop,
  order: Order,
  outbox: boolean,
  deadline: Deadline,
): Promise<'queued' | 'sent' | 'failed'> {
  const notice = { orderId: order.id, customerId: order.customerId, kind: 'order_paid' } as const;
  const finish = async (...list: readonly Task[]): Promise<void> => {
    if (!(await finishOrder(shop.database, order.id, 'paid', withContext(list))))
      throw new HttpError(503, 'order_expired', `order ${order.id} was given up meanwhile`);
  };
  if (outbox) {
    // The notice goes out later, in a trace of its own that is linked to this one.
    const queue = (): Promise<void> => finish({ topic: 'notify', kind: notice.kind });
    await withSpan('notification.send', {}, queue, SpanKind.PRODUCER);
    return 'queued';
  }
  await finish();
  try {
    await withSpan('notification.send', {}, () => deliver(shop.notices, [notice], deadline));
    return 'sent';
  } catch {
    // It shows in the trace and in the answer, but the order stands.
    return 'failed';
  }
}

async function releaseNow(shop: Shop, { id, items }: Order): Promise<void> {
  using deadline = new Deadline(RELEASE_MS);
  try {
    await releaseStock(shop.stock, id, items, deadline);
  } catch (thrown) {
    console.error(`the stock of order ${id} is not released: ${thrown}`);
  }
}

function answer({ id, amount, items }: Order, state: OrderState): object {
  return { id, state, amount, currency: CURRENCY, items };
}
