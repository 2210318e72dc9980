/** Changes of stock and reservations in the books of a fixture run. */
import { type Books, type Row, row } from './books-fixture.ts';

/** A product of which no order has anything. */
export const UNTOUCHED = 5;

const product = (books: Books, id: number): Row => row(books, 'stock', { product_id: id });

/** Changes what is on hand of a product. */
export function take(books: Books, id: unknown, units: number): void {
  const found = product(books, Number(id));
  found['stock'] = Number(found['stock']) - units;
}

/** Changes what there was of a product at first, so that this is left of it. */
export function leave(books: Books, id: number, units: number): void {
  const { stock, initial_stock } = product(books, id);
  Object.assign(product(books, id), {
    stock: units,
    initial_stock: Number(initial_stock) - Number(stock) + units,
  });
}

/** Adds reservations, of UNTOUCHED and reserved unless they say otherwise; the stock stays. */
export function reserve(books: Books, ...rows: readonly Row[]): void {
  books['reservations']?.push(...rows.map((each) => ({ product_id: UNTOUCHED, state: 'reserved', ...each })));
}

/** Two open orders that hold two and three units. */
export function openOrders(books: Books): void {
  ['pending', 'accepted'].forEach((state, index) => {
    const quantity = 2 + index;
    books['orders']?.push({ id: state, state, items: null });
    reserve(books, { order_id: state, quantity });
    take(books, UNTOUCHED, quantity);
  });
}
