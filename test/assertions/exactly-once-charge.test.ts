import { describe, expect, it } from 'vitest';
import exactlyOnceCharge from '../../assertions/exactly-once-charge.ts';
import { CHARGE_FLAWS } from '../../assertions/lib/books-charges.ts';
import {
  addLike,
  change,
  drop,
  emptyBooks,
  faultSeq,
  forget,
  idOf,
  ORDER_SEQS,
  ofOrder,
  row,
} from './books-fixture.ts';
import { judgeBooks, type Plant, testPlants } from './books-plants.ts';

const once = exactlyOnceCharge.with();
const [paid = 0, other = 0] = ORDER_SEQS;
/** An order that the backup provider charged after stripe failed. */
const rescued = ORDER_SEQS[4] ?? 0;
const [refunded, declined] = [faultSeq(0), faultSeq(7)];

const PLANTS: readonly Plant[] = [
  {
    what: 'an order charged twice by one provider',
    mutate: (books) => addLike(books, 'charges', ofOrder(paid), { id: 'again', idempotency_key: 'again' }),
    flaws: { chargedTooMuch: 1 },
    examples: [paid],
  },
  {
    what: 'an order charged by both providers, of which the shop knows one',
    mutate: (books) => addLike(books, 'backup_charges', ofOrder(rescued), ofOrder(paid)),
    flaws: { chargedTooMuch: 1, disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'an order charged one unit too much',
    mutate: (books) => {
      change(books, 'charges', ofOrder(paid), { amount: 1000 + paid + 1 });
      change(books, 'payments', ofOrder(paid), { amount: 1000 + paid + 1 });
    },
    flaws: { chargedTooMuch: 1 },
    examples: [paid],
  },
  {
    what: 'an order that is not paid, charged, though its payment says refunded',
    mutate: (books) => change(books, 'charges', ofOrder(refunded), { refunded: 0 }),
    flaws: { chargedNotPaid: 1, disagreements: 1 },
    examples: [refunded],
  },
  {
    what: 'an order that is not paid, refunded but for one unit',
    mutate: (books) => change(books, 'charges', ofOrder(refunded), { refunded: 1000 + refunded - 1 }),
    flaws: { chargedNotPaid: 1, disagreements: 1 },
    examples: [refunded],
  },
  {
    what: 'an order without a state, charged',
    mutate: (books) => change(books, 'orders', { id: idOf(paid) }, { state: null }),
    flaws: { chargedNotPaid: 1, openOrders: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that nobody charged',
    mutate: (books) => drop(books, 'charges', ofOrder(paid)),
    flaws: { paidNotCharged: 1, disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order whose charge failed',
    mutate: (books) => change(books, 'charges', ofOrder(paid), { status: 'failed' }),
    flaws: { paidNotCharged: 1, disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that was refunded by one unit',
    mutate: (books) => change(books, 'charges', ofOrder(paid), { refunded: 1 }),
    flaws: { paidNotCharged: 1, disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order without an amount',
    mutate: (books) => change(books, 'orders', { id: idOf(paid) }, { amount: null }),
    flaws: { chargedTooMuch: 1, paidNotCharged: 1 },
    examples: [paid],
  },
  {
    what: 'charges of orders that do not exist, of which the payments know one',
    mutate: (books) => {
      addLike(books, 'charges', ofOrder(paid), { id: 'x', order_id: 'gone' }, { id: 'y', order_id: null });
      addLike(books, 'payments', ofOrder(paid), { order_id: 'gone', charge_id: 'x' });
    },
    flaws: { chargesWithoutOrder: 2, disagreements: 1 },
    examples: [],
  },
  {
    what: 'a charge refunded twice, which another charge of the order makes up for',
    mutate: (books) => {
      addLike(books, 'charges', ofOrder(refunded), { id: 'again', refunded: 0 });
      change(books, 'charges', { id: `stripe-${refunded}` }, { refunded: 2 * (1000 + refunded) });
    },
    flaws: { refundedTooMuch: 1 },
    examples: [refunded],
  },
  {
    what: 'a failed charge that was refunded',
    mutate: (books) => change(books, 'charges', ofOrder(declined), { refunded: 1 }),
    flaws: { refundedTooMuch: 1, disagreements: 1 },
    examples: [declined],
  },
  {
    what: 'attempts that are pending, unknown, and without a state',
    mutate: (books) => {
      change(books, 'payments', { order_id: idOf(rescued), provider: 'stripe' }, { state: 'pending' });
      change(books, 'payments', ofOrder(declined), { state: 'unknown' });
      change(books, 'payments', ofOrder(refunded), { state: null });
    },
    flaws: { openAttempts: 3 },
    examples: [rescued, declined, refunded],
  },
  {
    what: 'orders that are pending and accepted',
    mutate: (books) => {
      change(books, 'orders', { id: idOf(declined) }, { state: 'pending' });
      change(books, 'orders', { id: idOf(faultSeq(5)) }, { state: 'accepted' });
    },
    flaws: { openOrders: 2 },
    examples: [declined, faultSeq(5)],
  },
  {
    what: 'a payment that names another charge',
    mutate: (books) => change(books, 'payments', ofOrder(paid), { charge_id: `stripe-${other}` }),
    flaws: { disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'a payment of another amount than its charge',
    mutate: (books) => change(books, 'payments', ofOrder(paid), { amount: 1 }),
    flaws: { disagreements: 1 },
    examples: [paid],
  },
  ...['failed', 'voided', 'declined', 'refunded'].map(
    (state): Plant => ({
      what: `a payment that is ${state}, though the provider has the money`,
      mutate: (books) => change(books, 'payments', ofOrder(paid), { state }),
      flaws: { disagreements: 1 },
      examples: [paid],
    }),
  ),
  {
    what: 'a second try that is voided, though the provider has the money of both',
    mutate: (books) => {
      addLike(books, 'charges', ofOrder(paid), { id: 'again' });
      addLike(books, 'payments', ofOrder(paid), { state: 'voided', charge_id: null });
    },
    flaws: { chargedTooMuch: 1, disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'a charge of which no payment knows',
    mutate: (books) => drop(books, 'payments', ofOrder(paid)),
    flaws: { disagreements: 1 },
    examples: [paid],
  },
  {
    what: 'payments at a provider that is not looked at, and at none',
    mutate: (books) =>
      addLike(books, 'payments', ofOrder(declined), { provider: 'bank' }, { provider: null }),
    flaws: { disagreements: 2 },
    examples: [declined],
  },
  {
    what: 'charges in another currency, and in none',
    mutate: (books) => {
      change(books, 'charges', ofOrder(paid), { currency: 'usd' });
      change(books, 'charges', ofOrder(other), { currency: null });
    },
    flaws: { currencyDiffers: 2 },
    examples: [paid, other],
  },
  {
    what: 'a charge without an amount of an order that is not paid',
    mutate: (books) => change(books, 'charges', ofOrder(refunded), { amount: null, refunded: 0 }),
    flaws: { unreadableCharges: 1 },
    examples: [refunded],
  },
  {
    what: 'charges without a refunded amount, a state and an id',
    mutate: (books) => {
      change(books, 'charges', ofOrder(paid), { refunded: null });
      change(books, 'charges', ofOrder(declined), { status: null });
      change(books, 'backup_charges', ofOrder(rescued), { id: null });
      change(books, 'payments', { order_id: idOf(rescued), provider: 'backup' }, { charge_id: null });
    },
    flaws: { unreadableCharges: 3 },
    examples: [paid, declined, rescued],
  },
  {
    what: 'an order that is there twice, once paid and once not',
    mutate: (books) => addLike(books, 'orders', { id: idOf(paid) }, { state: 'payment_failed' }),
    flaws: { chargedNotPaid: 1 },
    examples: [paid],
  },
];

describe('exactly-once-charge', () => {
  it('passes when each paid order is charged once', async () => {
    expect(await judgeBooks(once)).toMatchObject({
      verdict: 'pass',
      expected: '26 paid orders charged once and in full, 6 other orders not at all, over stripe and backup',
      observed: 'all are: 27 charges, 1 refund, none open',
      figures: { paidOrders: 26, attempts: 36, charges: 27, refundedCharges: 1 },
      examples: [],
    });
  });

  testPlants(once, CHARGE_FLAWS, PLANTS);

  it('says what is wrong and what to do', async () => {
    const finding = await judgeBooks(once, (books) =>
      addLike(books, 'charges', ofOrder(paid), { id: 'again' }),
    );
    expect(finding.observed).toBe('1 paid order charged twice or too much');
    expect(finding.because).toBe(
      '1 paid order charged twice or too much: repeat a charge under the same idempotency key only, and ask one provider before the next',
    );
  });

  it('takes no example from what is no trace id', async () => {
    const finding = await judgeBooks(once, (books) => {
      drop(books, 'charges', ofOrder(paid));
      drop(books, 'charges', ofOrder(other));
      change(books, 'orders', { id: idOf(paid) }, { trace_id: null });
      change(books, 'orders', { id: idOf(other) }, { trace_id: '' });
    });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { paidNotCharged: 2 }, examples: [] });
  });

  it('is inconclusive when no order was paid', async () => {
    const finding = await judgeBooks(once, (books) => {
      for (const seq of ORDER_SEQS) forget(books, seq);
    });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'no order was paid, so charging was not tested',
    });
  });

  it('is inconclusive with empty books, and fails when these have a charge', async () => {
    expect((await judgeBooks(once, emptyBooks)).verdict).toBe('inconclusive');
    const finding = await judgeBooks(once, (books) => {
      const charge = row(books, 'charges', ofOrder(paid));
      emptyBooks(books);
      books['charges'] = [charge];
    });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { chargesWithoutOrder: 1 } });
  });

  it('looks at the providers that it is told', async () => {
    const alone = exactlyOnceCharge.with({ providers: [{ name: 'stripe', book: 'charges' }] });
    const finding = await judgeBooks(alone);
    expect(finding.figures['paidNotCharged']).toBeGreaterThan(0);
  });

  it('rejects books that the run does not have, and providers that are named twice', async () => {
    const wrong = exactlyOnceCharge.with({ payments: 'payment' });
    await expect(judgeBooks(wrong)).rejects.toThrow(
      /no book called payment. It has: backup_charges, charges, notifications, orders/,
    );
    const stripe = { name: 'stripe', book: 'charges' };
    expect(() => exactlyOnceCharge.with({ providers: [stripe, { ...stripe, name: 'x' }] })).toThrow(/once/);
    expect(() => exactlyOnceCharge.with({ orders: 'x; DROP' })).toThrow(/name of a book/);
  });
});
