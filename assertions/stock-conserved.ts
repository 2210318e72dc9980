import { z } from 'zod';
import { one } from '../analysis/lib/query.ts';
import { checkBooks } from './lib/books.ts';
import { MAY_HOLD, STOCK_FLAWS, STOCK_SQL } from './lib/books-stock.ts';
import { defineAssertion } from './lib/define.ts';
import { findFlaws, findingOf } from './lib/flaws.ts';
import { count, number } from './lib/text.ts';

interface Amounts {
  readonly products: number;
  readonly reservations: number;
  /** Units held by paid orders, by open ones, and by no order that may hold them. */
  readonly soldUnits: number;
  readonly reservedUnits: number;
  readonly leakedUnits: number;
  /** Units that paid orders sold and do not hold, and that they hold and did not sell. */
  readonly missingUnits: number;
  readonly surplusUnits: number;
}

export default defineAssertion({
  id: 'stock-conserved',
  title: 'No stock is lost or invented',
  promise:
    'What is gone from the stock is reserved, each reserved unit belongs to an order that is paid or still open, and each paid order holds exactly what it sold.',
  needs: ['books'],
  options: z.strictObject({}),
  async judge(evidence) {
    await checkBooks(evidence, ['orders', 'stock', 'reservations']);
    // A unit that belongs to two rows of one order counts once.
    const units = (condition: string): string =>
      `(SELECT coalesce(sum(quantity), 0) FROM held h WHERE ${condition})`;
    const ofOrder = (condition: string): string =>
      `EXISTS (SELECT 1 FROM orders o WHERE o.id = h.order_id AND ${condition})`;
    const amounts = await one<Amounts>(
      evidence,
      `${STOCK_SQL}
       SELECT (SELECT count(DISTINCT product_id) FROM products) AS products,
              (SELECT count(*) FROM reservations) AS reservations,
              ${units(ofOrder("o.state = 'paid'"))} AS "soldUnits",
              ${units(ofOrder("o.state IN ('pending', 'accepted')"))} AS "reservedUnits",
              ${units(`NOT ${ofOrder(MAY_HOLD)}`)} AS "leakedUnits",
              (SELECT coalesce(sum(wanted - held), 0) FROM compared WHERE wanted > held) AS "missingUnits",
              (SELECT coalesce(sum(held - wanted), 0) FROM compared WHERE held > wanted) AS "surplusUnits"`,
    );
    return findingOf(await findFlaws(evidence, STOCK_SQL, STOCK_FLAWS), {
      expected: `${count(amounts.products, 'product')}: initial stock - stock = reserved units, each of an order that is paid or open; paid orders hold exactly their items`,
      healthy: `all fit: ${count(amounts.soldUnits, 'unit')} sold, ${number(amounts.reservedUnits)} still reserved, none leaked`,
      figures: { ...amounts },
      untested: untested(amounts),
    });
  },
});

function untested({ products, reservations }: Amounts): string | undefined {
  if (products === 0) return 'the book of the stock holds no product, so nothing was tested';
  if (reservations === 0) return 'nothing was ever reserved, so nothing was tested';
  return undefined;
}
