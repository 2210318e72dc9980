import { describe } from 'vitest';
import exactlyOnceCharge from '../../assertions/exactly-once-charge.ts';
import { CHARGE_FLAWS } from '../../assertions/lib/books-charges.ts';
import { addLike, change, duplicateRows, faultSeq, forget, ORDER_SEQS, ofOrder } from './books-fixture.ts';
import { testTolerated } from './books-plants.ts';

const once = exactlyOnceCharge.with();
const [paid = 0] = ORDER_SEQS;
const refunded = faultSeq(0);

describe('exactly-once-charge: what is tolerated', () => {
  testTolerated(once, CHARGE_FLAWS, [
    ['rows that occur twice', duplicateRows],
    [
      'a second charge that was refunded',
      (books) => addLike(books, 'charges', ofOrder(paid), { id: 'again', refunded: 1000 + paid }),
    ],
    [
      'tries at one provider that failed and were refunded before the one that charged',
      (books) => {
        addLike(books, 'charges', ofOrder(paid), { id: 'first', refunded: 1000 + paid });
        addLike(
          books,
          'payments',
          ofOrder(paid),
          { state: 'failed', charge_id: null },
          { state: 'refunded', charge_id: 'first' },
        );
      },
    ],
    [
      'a payment that does not name its charge',
      (books) => change(books, 'payments', ofOrder(paid), { charge_id: null }),
    ],
    [
      'a currency written in capitals',
      (books) => change(books, 'charges', ofOrder(paid), { currency: 'EUR' }),
    ],
    [
      'a charge without an order that was refunded',
      (books) => addLike(books, 'charges', ofOrder(refunded), { id: 'x', order_id: 'gone' }),
    ],
    [
      'a backup without charges',
      (books) => {
        for (const seq of ORDER_SEQS.filter((_, index) => index % 5 === 4)) forget(books, seq);
        forget(books, faultSeq(4));
        books['backup_charges'] = [];
      },
    ],
  ]);
});
