import {
  abandoned,
  batched,
  broken,
  later,
  limited,
  remembered,
  type WhatIf,
} from '../../../../analysis/bottlenecks/lib/what-if.ts';
import { batchLength } from '../../../../analysis/bottlenecks/n-plus-one.ts';

/** Mitigations whose effect upon the duration of orders is predicted, and then measured. */
export interface Experiment {
  /** Of services/mitigations.ts, switched on together. */
  readonly mitigations: readonly string[];
  /** Where they have something to do. */
  readonly scenario: string;
  readonly whatIf: WhatIf;
  /** SQL that yields trace_id and key: whose request it is. */
  readonly keys?: string;
}

const STRIPE = 'payment-service -> stripe-api';
const SECOND_US = 1_000_000;
/** As services/payment.ts has them. */
const BREAKER = { failures: 5, halfOpenUs: 3 * SECOND_US };
const STOCK = 'order-service -> inventory-service';
/** INVENTORY_TIMEOUT_MS of services/order.ts. */
const STOCK_LIMIT_US = SECOND_US;

/**
 * Those of the shop's mitigations that change how long an order takes. Not `retries` and `reconciler`, which repair what
 * failed, nor `stale-product-list`, which is about another route.
 */
export const experiments: readonly Experiment[] = [
  {
    mitigations: ['batch-stock-check'],
    scenario: 'inventory-sluggish',
    whatIf: batched('inventory.check', batchLength),
  },
  { mitigations: ['outbox'], scenario: 'notification-slow', whatIf: later('notification.send') },
  { mitigations: ['stripe-timeout'], scenario: 'stripe-slow', whatIf: limited(STRIPE, 3 * SECOND_US) },
  {
    // Alone it does nothing against slowness: a late answer is a good one.
    mitigations: ['circuit-breaker'],
    scenario: 'stripe-slow',
    whatIf: broken(STRIPE, { ...BREAKER, timeoutUs: null }),
  },
  {
    mitigations: ['stripe-timeout', 'circuit-breaker', 'fallback-provider'],
    scenario: 'stripe-slow',
    whatIf: broken(STRIPE, { ...BREAKER, timeoutUs: 3 * SECOND_US }),
  },
  {
    mitigations: ['auth-cache'],
    scenario: 'auth-slow',
    // AUTH_FRESH_MS of services/api-gateway.ts.
    whatIf: remembered('auth.validate', 5 * SECOND_US),
    keys: `SELECT trace_id, any_value(attributes->>'$."auth.customer_id"') AS key
           FROM recording WHERE name = 'auth.verifyToken' GROUP BY trace_id`,
  },
  {
    mitigations: ['deadlines'],
    scenario: 'inventory-slow',
    // The order is refused, and what may be reserved of it is put back before, which ends with the same time-out.
    whatIf: abandoned(STOCK, STOCK_LIMIT_US, {
      undone: ['order.save', 'order.processPayment', 'notification.send'],
      insteadUs: STOCK_LIMIT_US,
    }),
  },
  {
    mitigations: ['deadlines', 'optimistic-acceptance', 'outbox'],
    scenario: 'inventory-slow',
    // The order is written down, and the rest is done later.
    whatIf: abandoned(STOCK, STOCK_LIMIT_US, {
      undone: ['order.processPayment', 'notification.send'],
      insteadUs: 0,
    }),
  },
];

/** What the entry's requests are of which route, and how the stand-in behaves so that chance does not decide between two runs. */
export const ROUTE = 'order';
export const SETTINGS = ['stripe-api:PROVIDER_SLOW_EVERY=0', 'stripe-api:PROVIDER_ERROR_PERCENT=0'] as const;
