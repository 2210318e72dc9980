import { z } from 'zod';
import { one } from '../analysis/lib/query.ts';
import type { Evidence } from '../harness/contracts.ts';
import { checkBooks } from './lib/books.ts';
import { ORDER_FLAWS, ORDERS_SQL } from './lib/books-orders.ts';
import { defineAssertion } from './lib/define.ts';
import { findFlaws, findingOf } from './lib/flaws.ts';
import { count, number } from './lib/text.ts';

interface Amounts {
  readonly requests: number;
  readonly answeredPaid: number;
  readonly answeredAccepted: number;
  readonly refused: number;
  readonly ambiguous: number;
  /** Of the ambiguous ones: ended as a paid order, ended as another one, left no order. */
  readonly ambiguousPaid: number;
  readonly ambiguousUnpaid: number;
  readonly ambiguousWithoutOrder: number;
  readonly undeclared: number;
  readonly orders: number;
}

const statuses = z.array(z.number().int().min(0).max(599));

const options = z
  .strictObject({
    /** Route whose requests make orders. */
    route: z.string().default('order'),
    /** Statuses that promise a paid order. */
    paid: statuses.min(1).default([201]),
    /** Statuses that promise an order that will end one way or the other. */
    accepted: statuses.default([202]),
    /** Statuses that promise nothing: the order may be paid or not, or not exist; 0 = no answer. */
    ambiguous: statuses.default([0, 502, 503, 504]),
  })
  .refine(({ paid, accepted, ambiguous }) => {
    const all = [...paid, ...accepted, ...ambiguous];
    return new Set(all).size === all.length;
  }, 'a status can be in one of paid, accepted and ambiguous only, and once');

export default defineAssertion({
  id: 'no-order-lost',
  title: 'No order is lost',
  promise:
    'Each request that was answered as paid or accepted has exactly one order that ended so; none is open, unknown, or paid though it was refused.',
  needs: ['ledger', 'books'],
  options,
  async judge(evidence, { route, ...answers }) {
    checkRoute(evidence, route);
    await checkBooks(evidence, ['orders', 'payments']);
    const parameters = {
      route,
      seed: String(evidence.run.seed),
      paid: JSON.stringify(answers.paid),
      accepted: JSON.stringify(answers.accepted),
      ambiguous: JSON.stringify(answers.ambiguous),
    };
    const amounts = await amountsOf(evidence, parameters);
    return findingOf(await findFlaws(evidence, ORDERS_SQL, ORDER_FLAWS, parameters), {
      expected: `one paid order for each of ${count(amounts.answeredPaid, 'request')} answered as paid (${answers.paid.join(', ')}), one finished order for each of ${number(amounts.answeredAccepted)} answered as accepted (${answers.accepted.join(', ') || 'none'})`,
      healthy: `all are there: ${count(amounts.orders, 'order')}, none open; ${number(amounts.ambiguousPaid)} of ${count(amounts.ambiguous, 'ambiguous request')} ended paid`,
      figures: { ...amounts },
      untested: untested(amounts, route),
    });
  },
});

function checkRoute({ run }: Evidence, route: string): void {
  if (run.system.routes.includes(route)) return;
  throw new Error(
    `no route of '${run.system.name}' is called ${route}. There are: ${run.system.routes.join(', ')}.`,
  );
}

function amountsOf(evidence: Evidence, parameters: Readonly<Record<string, string>>): Promise<Amounts> {
  const requests = (condition: string): string =>
    `(SELECT count(DISTINCT reference) FROM answered WHERE ${condition})`;
  return one<Amounts>(
    evidence,
    `${ORDERS_SQL}
     SELECT ${requests('true')} AS requests,
            ${requests("answer = 'paid'")} AS "answeredPaid",
            ${requests("answer = 'accepted'")} AS "answeredAccepted",
            ${requests("answer = 'refused'")} AS refused,
            ${requests("answer = 'ambiguous'")} AS ambiguous,
            ${requests("answer = 'ambiguous' AND is_paid")} AS "ambiguousPaid",
            ${requests("answer = 'ambiguous' AND found AND NOT is_paid")} AS "ambiguousUnpaid",
            ${requests("answer = 'ambiguous' AND NOT found")} AS "ambiguousWithoutOrder",
            ${requests("answer = 'undeclared'")} AS undeclared,
            (SELECT count(*) FROM orders) AS orders`,
    parameters,
  );
}

function untested(amounts: Amounts, route: string): string | undefined {
  if (amounts.answeredPaid + amounts.answeredAccepted === 0)
    return `no ${route} request was answered as paid or accepted, so nothing was tested`;
  if (amounts.undeclared > 0)
    return `${count(amounts.undeclared, `${route} request`)} answered with a status that promises nothing known: add it to paid, accepted or ambiguous`;
  return undefined;
}
