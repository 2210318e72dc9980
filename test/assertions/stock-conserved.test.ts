import { describe, expect, it } from 'vitest';
import { STOCK_FLAWS } from '../../assertions/lib/books-stock.ts';
import stockConserved from '../../assertions/stock-conserved.ts';
import { traceIdOf } from '../evidence/fixture.ts';
import {
  addLike,
  type Books,
  change,
  drop,
  emptyBooks,
  faultSeq,
  idOf,
  ORDER_SEQS,
  ofOrder,
  type Row,
  row,
} from './books-fixture.ts';
import { judgeBooks, type Plant, testPlants, traces } from './books-plants.ts';
import { leave, openOrders, reserve, take, UNTOUCHED } from './stock-books.ts';

const conserved = stockConserved.with();
/** Holds 1 of product 1 and 2 of product 2. */
const paid = ORDER_SEQS[0] ?? 0;
const unpaid = faultSeq(0);

const held = (seq: number, id: number) => ({ ...ofOrder(seq), product_id: id });
const firstOf = (seq: number, books: Books): Row => {
  const found = books['reservations']?.find((each) => each['order_id'] === idOf(seq));
  if (!found) throw new Error(`nothing is reserved of ${seq}`);
  return found;
};

const PLANTS: readonly Plant[] = [
  {
    what: 'a unit that is gone and not reserved',
    mutate: (books) => take(books, UNTOUCHED, 1),
    flaws: { productsDiffering: 1 },
    examples: [],
  },
  {
    what: 'a unit that came from nowhere',
    mutate: (books) => take(books, UNTOUCHED, -1),
    flaws: { productsDiffering: 1 },
    examples: [],
  },
  {
    what: 'a product with no stock, one with no initial stock, and one with two',
    mutate: (books) =>
      addLike(
        books,
        'stock',
        { product_id: UNTOUCHED },
        { product_id: 6, stock: null },
        { product_id: 7, initial_stock: null },
        { product_id: UNTOUCHED, stock: 900, initial_stock: 900 },
      ),
    flaws: { productsDiffering: 3 },
    examples: [],
  },
  {
    what: 'a product that is sold below zero',
    mutate: (books) => leave(books, UNTOUCHED, -1),
    flaws: { productsBelowZero: 1 },
    examples: [],
  },
  {
    what: 'a reservation of a product that does not exist',
    mutate: (books) => {
      drop(books, 'stock', { product_id: UNTOUCHED });
      books['orders']?.push({ id: 'open', state: 'pending', trace_id: traceIdOf(unpaid) });
      reserve(books, { order_id: 'open', quantity: 1 });
    },
    flaws: { productsDiffering: 1 },
    examples: [unpaid],
  },
  {
    what: 'a reservation of an order that ended unpaid',
    mutate: (books) => {
      const first = firstOf(unpaid, books);
      first['state'] = 'reserved';
      take(books, first['product_id'], Number(first['quantity']));
    },
    flaws: { leakedReservations: 1 },
    examples: [unpaid],
  },
  {
    what: 'reservations of an order that does not exist, and of none',
    mutate: (books) => {
      reserve(books, { order_id: 'gone', quantity: 3 }, { order_id: null, quantity: 3 });
      take(books, UNTOUCHED, 6);
    },
    flaws: { leakedReservations: 2 },
    examples: [],
  },
  {
    what: 'a paid order whose stock was put back',
    mutate: (books) => {
      change(books, 'reservations', held(paid, 1), { state: 'released' });
      take(books, 1, -1);
    },
    flaws: { ordersShort: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that never reserved an item',
    mutate: (books) => {
      drop(books, 'reservations', held(paid, 1));
      take(books, 1, -1);
    },
    flaws: { ordersShort: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that reserved one unit less than it sold',
    mutate: (books) => {
      change(books, 'reservations', held(paid, 2), { quantity: 1 });
      take(books, 2, -1);
    },
    flaws: { ordersShort: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that names a product twice and reserved it once',
    mutate: (books) => {
      const items = [1, 2, 2, 2].map((productId) => ({ productId, quantity: 1 }));
      change(books, 'orders', { id: idOf(paid) }, { items: JSON.stringify(items) });
    },
    flaws: { ordersShort: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that reserved one unit more than it sold',
    mutate: (books) => {
      change(books, 'reservations', held(paid, 2), { quantity: 3 });
      take(books, 2, 1);
    },
    flaws: { ordersOver: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that reserved twice',
    mutate: (books) => {
      addLike(books, 'reservations', held(paid, 2), { quantity: 7 });
      take(books, 2, 7);
    },
    flaws: { ordersOver: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that reserved a product it did not sell',
    mutate: (books) => {
      addLike(books, 'reservations', held(paid, 2), { product_id: UNTOUCHED });
      take(books, UNTOUCHED, 2);
    },
    flaws: { ordersOver: 1 },
    examples: [paid],
  },
  ...[null, '', '[]', 'null', '{"productId":1}', '[{"productId":1', '5'].map(
    (items): Plant => ({
      what: `a paid order with the items ${items}`,
      mutate: (books) => {
        drop(books, 'reservations', held(paid, 1));
        drop(books, 'reservations', held(paid, 2));
        take(books, 1, -1);
        take(books, 2, -2);
        change(books, 'orders', { id: idOf(paid) }, { items });
      },
      flaws: { unreadableOrders: 1 },
      examples: [paid],
    }),
  ),
  ...['{"productId":9}', '{"productId":9,"quantity":0}', '{"productId":9,"quantity":"x"}'].map(
    (item): Plant => ({
      what: `a paid order with the item ${item}`,
      mutate: (books) => {
        const order = row(books, 'orders', { id: idOf(paid) });
        order['items'] = String(order['items']).replace(']', `,${item}]`);
      },
      flaws: { unreadableOrders: 1 },
      examples: [paid],
    }),
  ),
  {
    what: 'reservations of an unknown state, of none, without a quantity, and of nothing',
    mutate: (books) => {
      reserve(books, { ...ofOrder(paid), quantity: 0 });
      firstOf(unpaid, books)['state'] = 'lost';
      firstOf(faultSeq(2), books)['state'] = null;
      firstOf(faultSeq(5), books)['quantity'] = null;
    },
    flaws: { unreadableReservations: 4 },
    examples: [paid, unpaid, faultSeq(2), faultSeq(5)],
  },
  {
    what: 'reservations that make up for each other',
    mutate: (books) => {
      const order = ofOrder(faultSeq(5));
      reserve(books, { ...order, quantity: 2 }, { ...order, quantity: -2 });
    },
    flaws: { leakedReservations: 1, unreadableReservations: 1 },
    examples: [faultSeq(5)],
  },
];

describe('stock-conserved', () => {
  it('passes when nothing is lost', async () => {
    expect(await judgeBooks(conserved)).toMatchObject({
      verdict: 'pass',
      expected:
        '5 products: initial stock - stock = reserved units, each of an order that is paid or open; paid orders hold exactly their items',
      observed: 'all fit: 103 units sold, 0 still reserved, none leaked',
      figures: { products: 5, reservations: 64, soldUnits: 103, reservedUnits: 0, leakedUnits: 0 },
      examples: [],
    });
  });

  testPlants(conserved, STOCK_FLAWS, PLANTS);

  it('counts units, and says what to do', async () => {
    const finding = await judgeBooks(conserved, (books) => {
      reserve(books, { order_id: 'gone', quantity: 3 });
      take(books, UNTOUCHED, 3);
      change(books, 'reservations', held(paid, 2), { state: 'released' });
      take(books, 2, -2);
    });
    expect(finding).toMatchObject({
      figures: { soldUnits: 101, leakedUnits: 3, missingUnits: 2, surplusUnits: 0 },
      because:
        '1 reservation leaked: release what an order holds when it ends unpaid; 1 paid order sold without all of its stock: reserve every item before the order is paid, and keep it reserved',
    });
  });

  it('names orders that touched a product that differs', async () => {
    const finding = await judgeBooks(conserved, (books) => take(books, 1, 1));
    expect(finding).toMatchObject({ verdict: 'fail', figures: { productsDiffering: 1 } });
    expect(finding.examples).toHaveLength(10);
    const ids = ORDER_SEQS.filter((_, index) => index % 4 === 0 || index % 4 === 3);
    expect(traces(ids)).toEqual(expect.arrayContaining([...finding.examples]));
  });

  it('fails when a product went below zero and orders are open', async () => {
    const finding = await judgeBooks(conserved, (books) => {
      openOrders(books);
      leave(books, 1, -1);
    });
    expect(finding).toMatchObject({
      verdict: 'fail',
      figures: { productsBelowZero: 1, productsDiffering: 0 },
    });
  });

  it('is inconclusive when nothing was reserved', async () => {
    const finding = await judgeBooks(conserved, (books) => {
      const stock = books['stock'] ?? [];
      emptyBooks(books);
      books['stock'] = stock.map((each) => ({ ...each, stock: 1000 }));
    });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'nothing was ever reserved, so nothing was tested',
    });
  });

  it('is inconclusive without a product, though orders hold what they sold', async () => {
    const finding = await judgeBooks(conserved, (books) => {
      books['stock'] = [];
    });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'the book of the stock holds no product, so nothing was tested',
    });
  });

  it('fails when paid orders reserved nothing at all', async () => {
    const finding = await judgeBooks(conserved, (books) => {
      books['reservations'] = [];
      for (const each of books['stock'] ?? []) each['stock'] = 1000;
    });
    expect(finding).toMatchObject({ verdict: 'fail', figures: { ordersShort: 26, missingUnits: 103 } });
  });
});
