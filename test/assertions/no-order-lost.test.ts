import { describe, expect, it } from 'vitest';
import { ORDER_FLAWS } from '../../assertions/lib/books-orders.ts';
import noOrderLost from '../../assertions/no-order-lost.ts';
import type { Tables } from '../evidence/fixture.ts';
import {
  addLike,
  type Books,
  bookRun,
  drop,
  duplicateRows,
  emptyBooks,
  faultSeq,
  forget,
  idOf,
  ORDER_SEQS,
  row,
} from './books-fixture.ts';
import { flawsOf, type Plant, testPlants, traces } from './books-plants.ts';
import { judgeRun } from './judge-run.ts';

const kept = noOrderLost.with({ route: 'order-create' });
const [paid = 0, other = 0] = ORDER_SEQS;
const [ambiguousUnpaid, ambiguousPaid, accepted, cancelled, refused, noRecord, withoutOrder] = [
  faultSeq(0),
  faultSeq(1),
  faultSeq(3),
  faultSeq(5),
  faultSeq(7),
  faultSeq(9),
  faultSeq(10),
];
const order = (books: Books, seq: number) => row(books, 'orders', { id: idOf(seq) });
const payment = (seq: number) => ({ order_id: idOf(seq) });

const PLANTS: readonly Plant[] = [
  {
    what: 'an order answered 201 that is not there',
    mutate: (books) => forget(books, paid),
    flaws: { lostPaid: 1 },
    examples: [paid],
  },
  {
    what: 'an order answered 202 that is not there',
    mutate: (books) => forget(books, accepted),
    flaws: { lostAccepted: 1 },
    examples: [accepted],
  },
  {
    what: 'an order answered 201 that is declined',
    mutate: (books) => {
      order(books, paid)['state'] = 'declined';
    },
    flaws: { answeredPaidNotPaid: 1 },
    examples: [paid],
  },
  {
    what: 'orders answered 202 that are not, or not known to be, accepted',
    mutate: (books) => {
      order(books, accepted)['accepted'] = false;
      order(books, cancelled)['accepted'] = null;
    },
    flaws: { acceptedNotMarked: 2 },
    examples: [accepted, cancelled],
  },
  {
    what: 'open orders: accepted, refused, ambiguous, of an unknown state and of none',
    mutate: (books) => {
      order(books, cancelled)['state'] = 'accepted';
      order(books, refused)['state'] = 'pending';
      order(books, noRecord)['state'] = 'pending';
      order(books, faultSeq(2))['state'] = 'somewhere';
      order(books, ambiguousUnpaid)['state'] = null;
    },
    flaws: { openOrders: 5 },
    examples: [cancelled, refused, noRecord, faultSeq(2), ambiguousUnpaid],
  },
  {
    what: 'an order answered 201 that is still open',
    mutate: (books) => {
      order(books, paid)['state'] = null;
    },
    flaws: { answeredPaidNotPaid: 1, openOrders: 1 },
    examples: [paid],
  },
  {
    what: 'a second order of a request',
    mutate: (books) => addLike(books, 'orders', { id: idOf(refused) }, { id: 'again' }),
    flaws: { duplicateReferences: 1 },
    examples: [refused],
  },
  {
    what: 'an order that is there twice, once paid and once not',
    mutate: (books) => addLike(books, 'orders', { id: idOf(paid) }, { state: 'payment_failed' }),
    flaws: { answeredPaidNotPaid: 1, duplicateReferences: 1 },
    examples: [paid],
  },
  {
    what: 'orders without a reference, and with one of another seed, route and run',
    mutate: (books) =>
      addLike(
        books,
        'orders',
        { id: idOf(refused) },
        { id: 'x1', reference: null },
        { id: 'x2', reference: `2-${refused}` },
        { id: 'x3', reference: '1-0' },
        { id: 'x4', reference: '1-400' },
      ),
    flaws: { unknownReferences: 4 },
    examples: [refused],
  },
  {
    what: 'an order that was refused and is paid',
    mutate: (books) => {
      order(books, refused)['state'] = 'paid';
      row(books, 'payments', payment(refused))['state'] = 'charged';
    },
    flaws: { paidThoughRefused: 1 },
    examples: [refused],
  },
  {
    what: 'paid orders without a payment, with two, and with one that is not charged',
    mutate: (books) => {
      drop(books, 'payments', payment(paid));
      addLike(books, 'payments', payment(other), { provider: 'backup', charge_id: 'b' });
      row(books, 'payments', payment(ambiguousPaid))['state'] = null;
    },
    flaws: { paidWithoutOneCharge: 3 },
    examples: [paid, other, ambiguousPaid],
  },
  {
    what: 'a paid order with two charges of one provider',
    mutate: (books) => addLike(books, 'payments', payment(paid), { charge_id: 'again' }),
    flaws: { paidWithoutOneCharge: 1 },
    examples: [paid],
  },
];

describe('no-order-lost', () => {
  it('passes when each answer is kept', async () => {
    expect(await judgeRun(kept, bookRun())).toMatchObject({
      verdict: 'pass',
      expected:
        'one paid order for each of 22 requests answered as paid (201), one finished order for each of 4 answered as accepted (202)',
      observed: 'all are there: 32 orders, none open; 2 of 11 ambiguous requests ended paid',
      figures: {
        requests: 39,
        answeredPaid: 22,
        answeredAccepted: 4,
        refused: 2,
        ambiguous: 11,
        ambiguousPaid: 2,
        ambiguousUnpaid: 3,
        ambiguousWithoutOrder: 6,
        undeclared: 0,
        orders: 32,
      },
      examples: [],
    });
  });

  testPlants(kept, ORDER_FLAWS, PLANTS);

  it('says what is wrong and what to do', async () => {
    const finding = await judgeRun(
      kept,
      bookRun((books) => {
        forget(books, paid);
        forget(books, other);
      }),
    );
    expect(finding.observed).toBe('2 orders lost that were answered as paid');
    expect(finding.because).toBe(
      '2 orders lost that were answered as paid: store the order before it is answered',
    );
  });

  it('finds the trace of an order that does not know it in the ledger', async () => {
    const finding = await judgeRun(
      kept,
      bookRun((books) => {
        order(books, refused)['trace_id'] = null;
        order(books, refused)['state'] = 'pending';
      }),
    );
    expect(finding).toMatchObject({ verdict: 'fail', examples: traces([refused]) });
  });

  it.each<[string, Plant['mutate']]>([
    [
      'rows that occur twice',
      (books, { ledger }) => {
        duplicateRows(books);
        ledger.push(...ledger.map((each) => ({ ...each })));
      },
    ],
    ['an ambiguous order that is not there', (books) => forget(books, ambiguousPaid)],
    ['a request without a record that has no order', (books) => forget(books, noRecord)],
    ['a refused request without an order', (books) => forget(books, refused)],
    [
      'a paid order whose payment does not name its charge',
      (books) => {
        row(books, 'payments', payment(paid))['charge_id'] = null;
      },
    ],
  ])('passes with %s', async (_, mutate) => {
    const finding = await judgeRun(kept, bookRun(mutate));
    expect(flawsOf(finding, ORDER_FLAWS)).toEqual({});
    expect(finding.verdict).toBe('pass');
  });

  it('takes 500 for a refusal, 503 for ambiguous, and what it is told', async () => {
    const answered = (status: number) => (_: Books, tables: Tables) => answer(tables, ambiguousPaid, status);
    expect((await judgeRun(kept, bookRun(answered(500)))).figures['paidThoughRefused']).toBe(1);
    expect((await judgeRun(kept, bookRun(answered(503)))).figures['ambiguousPaid']).toBe(2);
    const lenient = noOrderLost.with({ route: 'order-create', ambiguous: [0, 500, 503, 504] });
    expect((await judgeRun(lenient, bookRun(answered(500)))).verdict).toBe('pass');
  });

  it('fails when one of two records of a request promised more than there is', async () => {
    const finding = await judgeRun(
      kept,
      bookRun((_, { ledger }) => {
        const first = ledger[withoutOrder];
        if (first) ledger.push({ ...first, status: 201 });
      }),
    );
    expect(finding).toMatchObject({ verdict: 'fail', figures: { lostPaid: 1 } });
    expect(finding.examples).toEqual(traces([withoutOrder]));
  });

  it('is inconclusive when nothing was answered as paid or accepted', async () => {
    const finding = await judgeRun(
      kept,
      bookRun((books, tables) => {
        emptyBooks(books);
        for (const seq of ORDER_SEQS) answer(tables, seq, 503);
      }),
    );
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: 'no order-create request was answered as paid or accepted, so nothing was tested',
      figures: { ambiguousWithoutOrder: 39, orders: 0 },
    });
  });

  it('is inconclusive when a status promises nothing known', async () => {
    const finding = await judgeRun(
      kept,
      bookRun((_, tables) => answer(tables, withoutOrder, 200)),
    );
    expect(finding).toMatchObject({ verdict: 'inconclusive', figures: { undeclared: 1 } });
    expect(finding.because).toBe(
      '1 order-create request answered with a status that promises nothing known: add it to paid, accepted or ambiguous',
    );
  });

  it('fails when the books are empty though orders were answered', async () => {
    expect(await judgeRun(kept, bookRun(emptyBooks))).toMatchObject({
      verdict: 'fail',
      figures: { lostPaid: 22, lostAccepted: 4 },
    });
  });

  it('rejects a route that does not exist, and a status that is in two lists', async () => {
    await expect(judgeRun(noOrderLost.with(), bookRun())).rejects.toThrow(
      "no route of 'shop' is called order. There are: product-read, order-create, health.",
    );
    expect(() => noOrderLost.with({ paid: [201], accepted: [201] })).toThrow(/one of paid, accepted/);
  });
});

/** Changes what the client saw of a request. */
function answer({ ledger }: Tables, seq: number, status: number): void {
  const request = ledger[seq];
  if (!request) throw new Error(`the ledger has no request ${seq}`);
  request.status = status;
}
