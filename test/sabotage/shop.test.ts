/**
 * The books of a sound run, spoilt in one place each: exactly the assertion that watches over it must turn. And two ways to
 * spoil the shop itself, with the real parts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeFolder } from '../../commands/lib/verdict.ts';
import { copyRun, editEvidence } from './edit-evidence.ts';
import { removeFolders } from './folders.ts';
import { type Outcome, outcome, runScenario } from './run-scenario.ts';

const RUN_MS = 240_000;
const PAID = `(SELECT min(id) FROM books_orders WHERE state = 'paid')`;

const CHARGED = `(SELECT min(order_id) FROM books_charges WHERE status = 'succeeded' AND refunded = 0)`;

afterAll(removeFolders);

describe('the books of a sound run', () => {
  let clean: Outcome;
  beforeAll(async () => {
    clean = await runScenario('baseline');
  }, RUN_MS);

  it('agree', () => {
    expect(clean.notPassed).toEqual({});
    expect(clean.exitCode).toBe(0);
  });

  it.each<{ what: string; tables: readonly string[]; edit: readonly string[]; fails: string }>([
    {
      what: 'a second charge for one order, at the second provider',
      tables: ['books_orders', 'books_backup_charges'],
      edit: [
        `INSERT INTO books_backup_charges (id, idempotency_key, order_id, amount, currency, status, refunded, created_us)
         SELECT 'bk_planted', id, id, amount, 'eur', 'succeeded', 0, 1 FROM books_orders WHERE id = ${PAID}`,
      ],
      fails: 'exactly-once-charge',
    },
    {
      what: 'an order that was answered as paid and is in no book',
      tables: [
        'books_orders',
        'books_charges',
        'books_payments',
        'books_reservations',
        'books_stock',
        'books_notifications',
      ],
      edit: [
        `UPDATE books_stock SET stock = stock + r.quantity FROM books_reservations r
         WHERE r.order_id = ${CHARGED} AND r.product_id = books_stock.product_id`,
        `DELETE FROM books_reservations WHERE order_id = ${CHARGED}`,
        `DELETE FROM books_notifications WHERE order_id = ${CHARGED}`,
        `DELETE FROM books_payments WHERE order_id = ${CHARGED}`,
        `DELETE FROM books_orders WHERE id = ${CHARGED}`,
        // Last, since the others find the order by it.
        `DELETE FROM books_charges WHERE order_id = ${CHARGED}`,
      ],
      fails: 'no-order-lost',
    },
    {
      what: 'one unit of a product gone without a reservation',
      tables: ['books_stock'],
      edit: ['UPDATE books_stock SET stock = stock - 1 WHERE product_id = 7'],
      fails: 'stock-conserved',
    },
    {
      what: 'one notice lost',
      tables: ['books_orders', 'books_notifications'],
      edit: [`DELETE FROM books_notifications WHERE order_id = ${PAID}`],
      fails: 'notification-delivered-once',
    },
    {
      what: 'one span without its attribute',
      tables: ['recording', 'archive'],
      edit: [
        `UPDATE recording SET attributes = json_merge_patch(attributes, '{"order.total":null}')
         WHERE span_id = (SELECT min(span_id) FROM recording WHERE name = 'order.create' AND status = 'unset')`,
      ],
      fails: 'order-span-contract',
    },
  ])('with $what', { timeout: 90_000 }, async ({ tables, edit, fails }) => {
    const folder = await copyRun(clean.folder);
    await editEvidence(folder, tables, edit);
    const { notPassed } = outcome(folder, undefined, await judgeFolder(folder));
    expect(notPassed).toEqual({ [fails]: 'fail' });
  });
});

describe('a spoilt shop', () => {
  it('whose retries have no budget', { timeout: RUN_MS }, async () => {
    const storm = ['RETRY_ATTEMPTS=8', 'RETRY_BUDGET_PERCENT=100000'].flatMap((setting) => [
      '--env',
      `api-gateway:${setting}`,
    ]);
    const { notPassed } = await runScenario('inventory-down', ...storm);
    expect(notPassed['retries-bounded']).toBe('fail');
  });

  it('whose charges of unknown outcome nobody looks up', { timeout: RUN_MS }, async () => {
    const { notPassed } = await runScenario('stripe-resets', '--without', 'reconciler');
    expect(notPassed).toEqual({ 'exactly-once-charge': 'fail' });
  });
});
