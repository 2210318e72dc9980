/** The spans of an order, by how its payment goes. */
import { type Detail, type SpanShape, Trace } from './shape-builder.ts';

/** How the payment of an order goes. */
interface Payment {
  readonly breaker: 'closed' | 'open' | 'half_open';
  /** Milliseconds until each of Stripe's answers, with its status; null = none came. Empty = Stripe is not asked. */
  readonly stripe: readonly (readonly [ms: number, status: number | null])[];
}

export const PAYMENTS = {
  order: { breaker: 'closed', stripe: [[10, 200]] },
  'order-slow': { breaker: 'closed', stripe: [[2250, 200]] },
  'order-retried': {
    breaker: 'closed',
    stripe: [
      [10, 500],
      [10, 200],
    ],
  },
  'order-timed-out': { breaker: 'closed', stripe: [[3002, null]] },
  'order-spared': { breaker: 'open', stripe: [] },
  'order-probe': { breaker: 'half_open', stripe: [[3002, null]] },
  'order-probe-good': { breaker: 'half_open', stripe: [[10, 200]] },
} as const satisfies Readonly<Record<string, Payment>>;

export type OrderVariant = keyof typeof PAYMENTS;

/** Whether the second provider had to charge. */
export function isRescued({ stripe }: Payment): boolean {
  return !stripe.some(([, status]) => status === 200);
}

export function order(payment: Payment): readonly SpanShape[] {
  const trace = new Trace();
  const waits = payment.stripe.reduce((sum, [ms]) => sum + ms + 3, 0);
  const rescued = isRescued(payment);
  const paidMs = 12 + waits + (rescued ? 33 : 0) + 3;
  const step = (parent: number, name: string, times: readonly [number, number], detail: Detail = {}) =>
    trace.add(parent, ['order-service', name, 'internal'], times, detail);
  const entry = trace.server(-1, 'api-gateway', 'POST', ['/api/orders'], [0, paidMs + 7], 201);
  const authenticated = trace.add(entry, ['api-gateway', 'auth.validate', 'internal'], [0.1, 1.8], {
    attributes: { 'auth.source': 'fresh' },
  });
  const validated = [
    [0.2, 1.7],
    [0.5, 1.4],
  ] as const;
  trace.call(authenticated, 'api-gateway', ['auth-service', 'POST', '/validate'], validated, 200);
  const ordered = [
    [2, paidMs + 6],
    [2.5, paidMs + 5],
  ] as const;
  const served = trace.call(entry, 'api-gateway', ['order-service', 'POST', '/orders'], ordered, 201);
  const create = step(served, 'order.create', [3, paidMs + 4], {
    attributes: {
      'order.id': '$order',
      'order.customer_id': '$customer',
      'order.items_count': '$items',
      'order.total': '$total',
    },
  });
  const validate = step(create, 'order.validate', [3.1, 5.5]);
  const user = step(validate, 'db.getUser', [3.2, 4.2]);
  trace.statement(user, 'order-service', 'read_user', 'SELECT id FROM customers WHERE id = $1', 3.3);
  const cart = step(validate, 'db.getCart', [4.3, 5.4]);
  trace.statement(
    cart,
    'order-service',
    'read_cart',
    'SELECT items, voucher_percent FROM carts WHERE customer_id = $1',
    4.4,
  );
  const check = step(create, 'order.checkInventory', [5.6, 8.6], {
    attributes: { 'inventory.all_available': true },
  });
  const batch = step(check, 'inventory.check', [5.7, 8.5]);
  const reserved = trace.call(
    batch,
    'order-service',
    ['inventory-service', 'POST', '/inventory/check-batch'],
    [
      [5.8, 8.4],
      [6.2, 8],
    ],
    200,
  );
  trace.statement(
    reserved,
    'inventory-service',
    'reserve_stock',
    'WITH wanted AS (SELECT * FROM unnest($2::int[], $3::int[]) AS w (id, quantity)) UPDATE products p SET stock = p.stock - r.quantity FROM reserved r WHERE r.product_id = p.id',
    6.5,
  );
  step(create, 'pricing.calculate', [8.7, 8.8]);
  const save = step(create, 'order.save', [8.9, 10.4]);
  const stored = step(save, 'db.saveOrder', [9, 10.3]);
  trace.statement(
    stored,
    'order-service',
    'insert_order',
    'INSERT INTO orders (id, reference, customer_id, state, accepted, amount, items_count, items, payment_token, trace_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    9.2,
  );
  const process = step(create, 'order.processPayment', [10.5, paidMs + 1.5], {
    attributes: { 'payment.amount': '$total' },
  });
  pay(trace, process, paidMs, payment);
  const notified = trace.add(
    create,
    ['order-service', 'notification.send', 'producer'],
    [paidMs + 2, paidMs + 3.5],
  );
  trace.statement(
    notified,
    'order-service',
    'finish_order',
    "UPDATE orders SET state = $2 WHERE id = $1 AND state IN ('pending', 'accepted') RETURNING id",
    paidMs + 2.2,
  );
  return trace.spans;
}

function pay(trace: Trace, parent: number, paidMs: number, payment: Payment): void {
  const { breaker, stripe } = payment;
  const service = 'payment-service';
  const charged = [
    [10.6, paidMs + 1],
    [11, paidMs + 0.5],
  ] as const;
  const served = trace.call(parent, 'order-service', [service, 'POST', '/charges'], charged, 201);
  const rescued = isRescued(payment);
  const charge = trace.add(served, [service, 'payment.charge', 'internal'], [11.1, paidMs], {
    attributes: {
      'order.id': '$order',
      'payment.amount': '$total',
      'circuit_breaker.state': breaker,
      ...(rescued ? { 'payment.fallback': true } : {}),
      'payment.provider': rescued ? 'backup' : 'stripe',
    },
  });
  let atMs = 11.2;
  const lastMs = 11.2 + stripe.reduce((sum, [ms]) => sum + ms + 3, 0);
  const failure =
    breaker === 'open' ? 'the circuit breaker is open' : rescued ? 'no answer within 3000 ms' : null;
  const first = trace.add(charge, [service, 'stripe.api', 'internal'], [atMs, lastMs + 0.5], {
    error: failure,
  });
  if (stripe.length > 0) attempt(trace, first, 'begin_attempt', atMs + 0.1);
  for (const [ms, status] of stripe) {
    const times = [atMs + 1, atMs + 1 + ms] as const;
    const error = status === null ? 'no answer within 3000 ms' : status >= 500 ? 'HTTP 500' : null;
    const asked = trace.client(first, service, ['stripe-api', 'POST', '/v1/charges'], times, status, error);
    // Stripe charges at once; only its answer is late.
    trace.server(asked, 'stripe-api', 'POST', ['/v1/charges'], [times[0] + 1, times[0] + 8], status ?? 200);
    atMs += ms + 3;
  }
  if (stripe.length > 0) attempt(trace, first, 'end_attempt', lastMs - 1);
  if (!rescued) return;
  const second = trace.add(charge, [service, 'backup.api', 'internal'], [lastMs + 1, paidMs - 0.2]);
  attempt(trace, second, 'begin_attempt', lastMs + 1.1);
  const rescue = [
    [lastMs + 2, lastMs + 30],
    [lastMs + 3, lastMs + 29],
  ] as const;
  trace.call(second, service, ['backup-pay-api', 'POST', '/v1/charges'], rescue, 200);
  attempt(trace, second, 'end_attempt', lastMs + 31);
}

function attempt(trace: Trace, parent: number, plan: string, fromMs: number): void {
  const text =
    plan === 'begin_attempt'
      ? "INSERT INTO payments (order_id, provider, attempt, amount, currency, state) SELECT $1, $2, $3, $4, $5, 'pending' FROM head WHERE head.state = 'open' ON CONFLICT DO NOTHING RETURNING order_id"
      : 'UPDATE payments SET charge_id = coalesce($5, charge_id), state = $4 WHERE order_id = $1 AND provider = $2 AND attempt = $3 RETURNING state';
  trace.statement(parent, 'payment-service', plan, text, fromMs);
}
