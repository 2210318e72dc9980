import { propagation, ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { Deadline } from '../lib/deadline.ts';
import { HttpError } from '../lib/http-error.ts';
import { recordFailure, tracer } from '../lib/spans.ts';
import { deliver } from './notice.ts';
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
 * Does what an entry of the outbox asks for. It is a trace of its own, linked to the request's: a trace that went on
 * for as long as a queue waits could not be sampled as one. Rejects when it is to be tried again.
 */
export async function workOnTask(shop: Shop, entry: OutboxEntry): Promise<void> {
  const carrier = { traceparent: entry.traceparent ?? '' };
  const origin = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, carrier));
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: { 'order.id': entry.orderId },
    links: origin ? [{ context: origin }] : [],
  };
  // What comes of a request that is not traced is not traced either: it goes on in the request's own, unsampled trace.
  const isSampled = origin === undefined || (origin.traceFlags & TraceFlags.SAMPLED) !== 0;
  const parent = isSampled ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, origin);
  await tracer.startActiveSpan(SPANS[entry.topic], options, parent, async (span) => {
    using deadline = new Deadline(TASK_MS);
    try {
      await perform(shop, entry, deadline);
    } catch (thrown) {
      recordFailure(span, thrown);
      throw thrown;
    } finally {
      span.end();
    }
  });
}

async function perform(shop: Shop, { topic, orderId, kind }: OutboxEntry, deadline: Deadline): Promise<void> {
  if (topic === 'cancel-payment') return cancelPayment(shop.payment, orderId, deadline);
  const order = await readOrder(shop.database, orderId);
  if (!order) throw new Error(`there is no order ${orderId}`);
  switch (topic) {
    case 'notify':
      return deliver(
        shop.notices,
        {
          orderId,
          customerId: order.customerId,
          kind: kind === 'order_cancelled' ? kind : 'order_paid',
        },
        deadline,
      );
    case 'release':
      return releaseStock(shop.stock, orderId, order.items, deadline);
    case 'confirm':
      return confirm(shop, order, deadline);
  }
}

/** Reserves the stock of an accepted order and charges for it, or takes it back and tells the customer. */
async function confirm(shop: Shop, order: Order, deadline: Deadline): Promise<void> {
  if (order.state !== 'accepted') return;
  const tellPaid: Task = { topic: 'notify', kind: 'order_paid' };
  const undo: readonly Task[] = [{ topic: 'release' }, { topic: 'notify', kind: 'order_cancelled' }];
  const end = async (state: Order['state'], tasks: readonly Task[]): Promise<void> => {
    await finishOrder(shop.database, order.id, state, withContext(tasks));
  };
  const check = await reserveStock(shop.stock, order.id, order.items, deadline);
  if (!check.allAvailable) return end('cancelled', undo);
  try {
    await pay(shop.payment, order, deadline);
  } catch (thrown) {
    if (isOutage(thrown)) throw thrown;
    const declined = thrown instanceof HttpError && thrown.status === 402;
    return end(declined ? 'declined' : 'payment_failed', [...undo, { topic: 'cancel-payment' }]);
  }
  await end('paid', [tellPaid]);
}
