import { hash } from 'node:crypto';
import type { Database } from '../lib/database.ts';
import type { ChargeRequest } from './provider-client.ts';

export const PROVIDERS = ['stripe', 'backup'] as const;

export type ProviderName = (typeof PROVIDERS)[number];

/**
 * pending: the provider is being asked. unknown: it may have charged, and must be looked up and undone. The others are
 * final: charged; declined; failed (surely not charged); refunded (charged and given back); voided (never charged, and
 * never will be).
 */
export type AttemptState = 'pending' | 'unknown' | 'charged' | 'declined' | 'failed' | 'refunded' | 'voided';

/** One try to charge for an order at one provider. */
export interface Attempt {
  readonly orderId: string;
  readonly provider: ProviderName;
  /** Counts the order's tries at the provider from 1; part of the idempotency key. */
  readonly attempt: number;
}

export interface StoredAttempt extends Attempt {
  readonly amount: number;
  readonly currency: string;
  readonly state: AttemptState;
  readonly chargeId: string | null;
  /** Of the payment token; null for a try from before it was kept. */
  readonly tokenHash: string | null;
}

// The order's row is locked first, so that a try and the order's cancellation see each other, whichever comes first. A try is
// written down before the provider is asked: a process that dies meanwhile leaves a trace of what it may have caused. An index
// allows one try that is pending or charged for each order, whatever the provider.
const BEGIN = {
  name: 'begin_attempt',
  text: `WITH head AS (
  INSERT INTO payment_orders AS o (order_id, state) VALUES ($1, 'open')
  ON CONFLICT (order_id) DO UPDATE SET state = o.state RETURNING state)
INSERT INTO payments (order_id, provider, attempt, amount, currency, token_hash, state)
SELECT $1, $2, $3, $4, $5, $6, 'pending' FROM head WHERE head.state = 'open' AND NOT EXISTS (
  SELECT FROM payments WHERE order_id = $1 AND (amount <> $4 OR currency <> $5 OR token_hash <> $6))
ON CONFLICT DO NOTHING RETURNING order_id`,
};
const IS_CANCELLED = {
  name: 'read_cancelled',
  text: `SELECT FROM payment_orders WHERE order_id = $1 AND state = 'cancelled'`,
};
// What was decided meanwhile (cancelled, and perhaps undone already) stands.
const END = {
  name: 'end_attempt',
  text: `UPDATE payments SET charge_id = coalesce($5, charge_id),
  state = CASE WHEN state = 'pending' THEN $4 ELSE state END
WHERE order_id = $1 AND provider = $2 AND attempt = $3 RETURNING state`,
};
const OF_ORDER = {
  name: 'read_attempts',
  text: `SELECT order_id AS "orderId", provider, attempt, amount, currency, state, charge_id AS "chargeId",
  token_hash AS "tokenHash" FROM payments
WHERE order_id = $1 ORDER BY provider, attempt`,
};
const CANCEL = {
  name: 'cancel_order',
  text: `INSERT INTO payment_orders (order_id, state) VALUES ($1, 'cancelled')
ON CONFLICT (order_id) DO UPDATE SET state = 'cancelled'`,
};
const UNSETTLE = {
  name: 'unsettle_attempts',
  text: `UPDATE payments SET state = 'unknown' WHERE order_id = $1 AND state IN ('pending', 'charged')`,
};
// Nobody works any longer on a pending one that is so old: the process that did is gone. Those that are looked at go to the end
// of the queue, so that none that cannot be resolved holds up the others.
const UNRESOLVED = {
  name: 'take_unresolved',
  text: `WITH due AS (
  SELECT order_id, provider, attempt FROM payments
  WHERE (state = 'unknown' OR (state = 'pending' AND created_at < now() - $2 * interval '1 ms'))
    AND provider <> ALL ($3::text[])
  ORDER BY looked_at NULLS FIRST, created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE payments p SET looked_at = now() FROM due
WHERE p.order_id = due.order_id AND p.provider = due.provider AND p.attempt = due.attempt
RETURNING p.order_id AS "orderId", p.provider, p.attempt, p.amount, p.currency, p.state, p.charge_id AS "chargeId",
  p.token_hash AS "tokenHash"`,
};
const RESOLVE = {
  name: 'resolve_attempt',
  text: `UPDATE payments SET state = $4, charge_id = coalesce($5, charge_id)
WHERE order_id = $1 AND provider = $2 AND attempt = $3 AND state IN ('unknown', 'pending')`,
};

/** The payments that have been tried, in PostgreSQL. */
export function paymentStore(database: Database) {
  return {
    /**
     * Resolves to false when the order is cancelled, has a try that is pending or charged, had this very try before, or one for
     * another request.
     */
    async begin(
      { orderId, provider, attempt }: Attempt,
      { amount, currency, paymentToken }: ChargeRequest,
    ): Promise<boolean> {
      const values = [orderId, provider, attempt, amount, currency, hashOf(paymentToken)];
      const rows = await database.query(BEGIN, values);
      return rows.length > 0;
    },
    /** Writes down how a try has ended; resolves to the state that then holds. */
    async end(
      { orderId, provider, attempt }: Attempt,
      state: AttemptState,
      chargeId: string | null = null,
    ): Promise<AttemptState> {
      const values = [orderId, provider, attempt, state, chargeId];
      const [row] = await database.query<{ state: AttemptState }>(END, values);
      return row?.state ?? 'unknown';
    },
    isCancelled: async (orderId: string) => (await database.query(IS_CANCELLED, [orderId])).length > 0,
    ofOrder: (orderId: string) => database.query<StoredAttempt>(OF_ORDER, [orderId]),
    /** From now on the order charges nothing, and what it has charged is to be undone. */
    async cancel(orderId: string): Promise<void> {
      await database.query(CANCEL, [orderId]);
      await database.query(UNSETTLE, [orderId]);
    },
    /** Tries that are to be looked up, at other providers than those, and not the same ones each time. */
    takeUnresolved: (most: number, pendingMs: number, except: readonly ProviderName[]) =>
      database.query<StoredAttempt>(UNRESOLVED, [most, pendingMs, except]),
    async resolve(
      { orderId, provider, attempt }: Attempt,
      state: AttemptState,
      chargeId: string | null = null,
    ): Promise<void> {
      await database.query(RESOLVE, [orderId, provider, attempt, state, chargeId]);
    },
  };
}

export type PaymentStore = ReturnType<typeof paymentStore>;

/** Whether a try was made for the very same request. */
export function isOf(request: ChargeRequest, { amount, currency, tokenHash }: StoredAttempt): boolean {
  return (
    amount === request.amount &&
    currency === request.currency &&
    (tokenHash === null || tokenHash === hashOf(request.paymentToken))
  );
}

function hashOf(paymentToken: string): string {
  return hash('sha256', paymentToken, 'base64');
}

/** The idempotency key of a try. */
export function keyOf({ orderId, attempt }: Attempt): string {
  return `${orderId}-${attempt}`;
}
