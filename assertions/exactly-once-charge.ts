import { z } from 'zod';
import { one } from '../analysis/lib/query.ts';
import { bookName, checkBooks } from './lib/books.ts';
import { CHARGE_FLAWS, chargesSql } from './lib/books-charges.ts';
import { defineAssertion } from './lib/define.ts';
import { findFlaws, findingOf } from './lib/flaws.ts';
import { count } from './lib/text.ts';

interface Amounts {
  readonly orders: number;
  readonly paidOrders: number;
  readonly attempts: number;
  readonly charges: number;
  readonly refundedCharges: number;
}

const provider = z.strictObject({
  /** As the payments call it. */
  name: z.string().regex(/^[\w.-]+$/, 'must be a word'),
  /** The book in which the provider itself says what it charged. */
  book: bookName,
});

export default defineAssertion({
  id: 'exactly-once-charge',
  title: 'Every paid order is charged exactly once',
  promise:
    'Over all providers each paid order is charged its amount once, no other order is charged, and the books of shop and providers agree.',
  needs: ['books'],
  options: z.strictObject({
    orders: bookName.default('orders'),
    payments: bookName.default('payments'),
    providers: z
      .array(provider)
      .min(1)
      .refine(
        (providers) =>
          [providers.map(({ name }) => name), providers.map(({ book }) => book)].every(
            (words) => new Set(words).size === words.length,
          ),
        'must name each provider and each book once',
      )
      .default([
        { name: 'stripe', book: 'charges' },
        { name: 'backup', book: 'backup_charges' },
      ]),
  }),
  async judge(evidence, books) {
    await checkBooks(evidence, [books.orders, books.payments, ...books.providers.map(({ book }) => book)]);
    const named = chargesSql(books);
    const amounts = await one<Amounts>(
      evidence,
      `${named}
       SELECT (SELECT count(*) FROM orders) AS orders,
              (SELECT count(*) FROM judged WHERE paid) AS "paidOrders",
              (SELECT count(*) FROM attempts) AS attempts,
              (SELECT count(*) FROM charges WHERE status = 'succeeded') AS charges,
              (SELECT count(*) FROM money WHERE returned > 0) AS "refundedCharges"`,
    );
    return findingOf(await findFlaws(evidence, named, CHARGE_FLAWS), {
      expected: `${count(amounts.paidOrders, 'paid order')} charged once and in full, ${count(amounts.orders - amounts.paidOrders, 'other order')} not at all, over ${books.providers.map(({ name }) => name).join(' and ')}`,
      healthy: `all are: ${count(amounts.charges, 'charge')}, ${count(amounts.refundedCharges, 'refund')}, none open`,
      figures: { ...amounts },
      untested: amounts.paidOrders === 0 ? 'no order was paid, so charging was not tested' : undefined,
    });
  },
});
