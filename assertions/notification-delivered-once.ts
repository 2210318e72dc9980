import { z } from 'zod';
import { one } from '../analysis/lib/query.ts';
import { checkBooks } from './lib/books.ts';
import { NOTICE_FLAWS, NOTICES_SQL } from './lib/books-notices.ts';
import { defineAssertion } from './lib/define.ts';
import { findFlaws, findingOf } from './lib/flaws.ts';
import { count, ms, number, round } from './lib/text.ts';

interface Amounts {
  readonly paidOrders: number;
  readonly compensatedOrders: number;
  /** Orders that were notified as they must be. */
  readonly notified: number;
  /** Notifications that were delivered more than once, which the receiver may not show. */
  readonly redelivered: number;
  /** From the outbox' entry to its being done; null without an entry that is. */
  readonly lagP50Us: number | null;
  readonly lagMaxUs: number | null;
}

export default defineAssertion({
  id: 'notification-delivered-once',
  title: 'Every customer is notified exactly once',
  promise:
    'Each paid order has exactly one notification, each accepted order that ended unpaid exactly one of the other kind, nobody else has any, and none waits in the outbox.',
  needs: ['books'],
  options: z.strictObject({
    kinds: z
      .strictObject({
        paid: z.string().default('order_paid'),
        compensated: z.string().default('order_cancelled'),
      })
      .prefault({}),
    /** Topic of the outbox under which notifications are sent. */
    topic: z.string().default('notify'),
  }),
  async judge(evidence, { kinds, topic }) {
    await checkBooks(evidence, ['orders', 'notifications', 'outbox']);
    const parameters = { ...kinds, topic };
    const { lagP50Us, lagMaxUs, ...amounts } = await one<Amounts>(
      evidence,
      `${NOTICES_SQL}
       SELECT (SELECT count(*) FROM orders WHERE state = 'paid') AS "paidOrders",
              (SELECT count(*) FROM answered WHERE kind = $compensated) AS "compensatedOrders",
              (SELECT count(*) FROM answered WHERE times = 1) AS notified,
              (SELECT count(*) FROM notices WHERE deliveries > 1) AS redelivered,
              (SELECT quantile_cont(CAST(done_us - created_us AS DOUBLE), 0.5) FROM outbox) AS "lagP50Us",
              (SELECT max(done_us - created_us) FROM outbox) AS "lagMaxUs"`,
      parameters,
    );
    const lag = lagMaxUs === null ? '' : `, at most ${ms(lagMaxUs)} later`;
    const again =
      amounts.redelivered === 0 ? '' : `; ${number(amounts.redelivered)} delivered again and kept once`;
    return findingOf(await findFlaws(evidence, NOTICES_SQL, NOTICE_FLAWS, parameters), {
      expected: `one ${kinds.paid} for each of ${count(amounts.paidOrders, 'paid order')}, one ${kinds.compensated} for each of ${count(amounts.compensatedOrders, 'compensated order')}, no other, none in the outbox`,
      healthy: `all are: ${number(amounts.notified)} notified${lag}${again}`,
      figures: { ...amounts, lagP50Ms: inMs(lagP50Us), lagMaxMs: inMs(lagMaxUs) },
      untested: amounts.paidOrders === 0 ? 'no order was paid, so notifying was not tested' : undefined,
    });
  },
});

function inMs(us: number | null): number | null {
  return us === null ? null : round(us / 1000);
}
