import { propagation, ROOT_CONTEXT, type SpanContext, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { Deadline } from '../lib/deadline.ts';
import { HttpError, isRefusal } from '../lib/http-error.ts';
import { recordFailure, tracer } from '../lib/spans.ts';
import { deliver, type Notice } from './notice.ts';
import type { OutboxEntry } from './outbox.ts';
import { cancelPayment, pay } from './pay.ts';
import { isOutage, type Shop } from './shop.ts';
import { releaseStock, reserveStock } from './stock.ts';
import { finishOrder, type Order, readOrder, type Task, type Topic } from './store.ts';
import { withContext } from './with-context.ts';

/** For one task, all its calls together; nobody waits for it. */
const TASK_MS = 8000;

const SPANS: Readonly<Record<Topic, string>> = {
  notify: 'notification.deliver',
  release: 'stock.release',
  'cancel-payment': 'payment.cancel',
  confirm: 'order.confirm',
};

/**
 * Does what entries of one topic ask for, and says of each what became of it. Notices go out in one call, the rest one
 * by one.
 */
export async function workOn(
  shop: Shop,
  topic: Topic,
  entries: readonly OutboxEntry[],
): Promise<readonly PromiseSettledResult<void>[]> {
  if (topic !== 'notify')
    return Promise.allSettled(
      entries.map((entry) => inTrace(topic, [entry], (deadline) => perform(shop, topic, entry, deadline))),
    );
  const tell = (some: readonly OutboxEntry[]): Promise<void> =>
    inTrace(topic, some, (deadline) => deliver(shop.notices, some.map(noticeOf), deadline));
  const [outcome] = await Promise.allSettled([tell(entries)]);
  // One that is refused must not hold up the others.
  if (outcome.status === 'rejected' && isRefusal(outcome.reason) && entries.length > 1)
    return Promise.allSettled(entries.map((entry) => tell([entry])));
  return entries.map(() => outcome);
}

/**
 * Works on entries in a trace of its own, linked to the requests' that asked for it: a trace that went on for as long as
 * a queue waits could not be sampled as one. Rejects when it is to be tried again.
 */
async function inTrace(
  topic: Topic,
  entries: readonly OutboxEntry[],
  work: (deadline: Deadline) => Promise<void>,
): Promise<void> {
  const origins = entries.map(({ traceparent, orderId }) => ({ orderId, context: contextOf(traceparent) }));
  const asked = origins.filter(isSampled);
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: { 'messaging.batch.message_count': entries.length },
    links: asked.flatMap(({ orderId, context }) =>
      context ? [{ context, attributes: { 'order.id': orderId } }] : [],
    ),
  };
  // What comes of requests that are not traced is not traced either: it goes on in an unsampled trace of theirs.
  const unsampled = asked.length === 0 ? origins[0]?.context : undefined;
  const parent = unsampled ? trace.setSpanContext(ROOT_CONTEXT, unsampled) : ROOT_CONTEXT;
  await tracer.startActiveSpan(SPANS[topic], options, parent, async (span) => {
    using deadline = new Deadline(TASK_MS);
    try {
      await work(deadline);
    } catch (thrown) {
      recordFailure(span, thrown);
      throw thrown;
    } finally {
      span.end();
    }
  });
}

function contextOf(traceparent: string | null): SpanContext | undefined {
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: traceparent ?? '' }));
}

/** Without a context nothing says that it shall not be traced. */
function isSampled({ context }: { readonly context: SpanContext | undefined }): boolean {
  return context === undefined || (context.traceFlags & TraceFlags.SAMPLED) !== 0;
}

function noticeOf({ orderId, customerId, kind }: OutboxEntry): Notice {
  return { orderId, customerId, kind: kind === 'order_cancelled' ? kind : 'order_paid' };
}

async function perform(
  shop: Shop,
  topic: Exclude<Topic, 'notify'>,
  { orderId }: OutboxEntry,
  deadline: Deadline,
): Promise<void> {
  switch (topic) {
    case 'cancel-payment':
      return cancelPayment(shop.payment, orderId, deadline);
    case 'release':
      return releaseStock(shop.stock, orderId, (await existing(shop, orderId)).items, deadline);
    case 'confirm':
      return confirm(shop, await existing(shop, orderId), deadline);
  }
}

async function existing(shop: Shop, orderId: string): Promise<Order> {
  const order = await readOrder(shop.database, orderId);
  if (!order) throw new Error(`there is no order ${orderId}`);
  return order;
}

/** Reserves the stock of an accepted order and charges for it, or takes it back and tells the customer. */
async function confirm(shop: Shop, order: Order, deadline: Deadline): Promise<void> {
  if (order.state !== 'accepted') return;
  const tellPaid: Task = { topic: 'notify', kind: 'order_paid' };
  const undo: readonly Task[] = [{ topic: 'release' }, { topic: 'notify', kind: 'order_cancelled' }];
  const end = async (state: Order['state'], tasks: readonly Task[]): Promise<void> => {
    await finishOrder(shop.database, order.id, state, withContext(tasks));
  };
  if (!(await isReserved(shop, order, deadline))) return end('cancelled', undo);
  try {
    await pay(shop.payment, order, deadline);
  } catch (thrown) {
    if (isOutage(thrown)) throw thrown;
    const declined = thrown instanceof HttpError && thrown.status === 402;
    return end(declined ? 'declined' : 'payment_failed', [...undo, { topic: 'cancel-payment' }]);
  }
  await end('paid', [tellPaid]);
}

/** Whether the stock is reserved now. A refusal is an answer as well: a reservation that was released stays released. */
async function isReserved(shop: Shop, { id, items }: Order, deadline: Deadline): Promise<boolean> {
  try {
    return (await reserveStock(shop.stock, id, items, deadline)).allAvailable;
  } catch (thrown) {
    if (isOutage(thrown)) throw thrown;
    return false;
  }
}
