import { describe } from 'vitest';
import { STOCK_FLAWS } from '../../assertions/lib/books-stock.ts';
import stockConserved from '../../assertions/stock-conserved.ts';
import { duplicateRows, faultSeq, ofOrder } from './books-fixture.ts';
import { testTolerated } from './books-plants.ts';
import { leave, openOrders, reserve } from './stock-books.ts';

const conserved = stockConserved.with();
const unpaid = faultSeq(0);

describe('stock-conserved: what is tolerated', () => {
  testTolerated(conserved, STOCK_FLAWS, [
    ['rows that occur twice', duplicateRows, { soldUnits: 103, reservations: 64 }],
    [
      'an order that released what it never reserved',
      (books) => reserve(books, { ...ofOrder(unpaid), quantity: 0, state: 'released' }),
      { reservations: 65 },
    ],
    ['open orders that hold stock', openOrders, { soldUnits: 103, reservedUnits: 5 }],
    ['a product that is sold out', (books) => leave(books, 1, 0), { productsBelowZero: 0 }],
  ]);
});
