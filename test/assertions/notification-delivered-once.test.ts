import { describe, expect, it } from 'vitest';
import { NOTICE_FLAWS } from '../../assertions/lib/books-notices.ts';
import notificationDeliveredOnce from '../../assertions/notification-delivered-once.ts';
import {
  addLike,
  bookRun,
  drop,
  duplicateRows,
  emptyBooks,
  faultSeq,
  idOf,
  ORDER_SEQS,
  row,
} from './books-fixture.ts';
import { flawsOf, type Plant, testPlants, traces } from './books-plants.ts';
import { judgeRun } from './judge-run.ts';

const delivered = notificationDeliveredOnce.with();
const [paid = 0, other = 0] = ORDER_SEQS;
/** Accepted: ended cancelled, ended declined. Never accepted: declined. */
const [cancelled, acceptedDeclined, declined] = [faultSeq(5), faultSeq(6), faultSeq(7)];
const noticeOf = (seq: number) => ({ order_id: idOf(seq) });
const entryOf = (seq: number) => ({ order_id: idOf(seq), topic: 'notify' });

const PLANTS: readonly Plant[] = [
  {
    what: 'a paid order that nobody heard of',
    mutate: (books) => drop(books, 'notifications', noticeOf(paid)),
    flaws: { missing: 1 },
    examples: [paid],
  },
  {
    what: 'accepted orders that ended unpaid, and nobody heard of it',
    mutate: (books) => {
      drop(books, 'notifications', noticeOf(cancelled));
      drop(books, 'notifications', noticeOf(acceptedDeclined));
    },
    flaws: { missing: 2 },
    examples: [cancelled, acceptedDeclined],
  },
  {
    what: 'notifications that were never, or not known to be, delivered',
    mutate: (books) => {
      row(books, 'notifications', noticeOf(paid))['deliveries'] = 0;
      row(books, 'notifications', noticeOf(other))['deliveries'] = null;
    },
    flaws: { missing: 2 },
    examples: [paid, other],
  },
  {
    what: 'an order that ended unpaid and of which is not known whether it was accepted',
    mutate: (books) => {
      row(books, 'orders', { id: idOf(declined) })['accepted'] = null;
    },
    flaws: { missing: 1 },
    examples: [declined],
  },
  {
    what: 'orders that were notified twice',
    mutate: (books) => {
      addLike(books, 'notifications', noticeOf(paid), { id: 9001 });
      addLike(books, 'notifications', noticeOf(cancelled), { id: 9002 });
    },
    flaws: { duplicate: 2 },
    examples: [paid, cancelled],
  },
  {
    what: 'an order that was notified twice, without an id',
    mutate: (books) => {
      row(books, 'notifications', noticeOf(paid))['id'] = null;
      addLike(books, 'notifications', noticeOf(paid), {});
    },
    flaws: { duplicate: 1 },
    examples: [paid],
  },
  {
    what: 'a paid order that was told that it is cancelled as well',
    mutate: (books) => addLike(books, 'notifications', noticeOf(paid), { id: 9001, kind: 'order_cancelled' }),
    flaws: { unasked: 1 },
    examples: [paid],
  },
  {
    what: 'a cancelled order that was told that it is paid',
    mutate: (books) => {
      row(books, 'notifications', noticeOf(cancelled))['kind'] = 'order_paid';
    },
    flaws: { missing: 1, unasked: 1 },
    examples: [cancelled],
  },
  {
    what: 'notifications of an unknown kind and of none',
    mutate: (books) =>
      addLike(books, 'notifications', noticeOf(paid), { id: 9001, kind: 'x' }, { id: 9002, kind: null }),
    flaws: { unasked: 2 },
    examples: [paid],
  },
  {
    what: 'notifications of a declined order, one without a kind',
    mutate: (books) =>
      addLike(
        books,
        'notifications',
        noticeOf(cancelled),
        { id: 9001, order_id: idOf(declined) },
        { id: 9002, order_id: idOf(declined), kind: null },
      ),
    flaws: { unasked: 2 },
    examples: [declined],
  },
  {
    what: 'a notification of an order that is still open',
    mutate: (books) => {
      row(books, 'orders', { id: idOf(cancelled) })['state'] = 'accepted';
    },
    flaws: { unasked: 1 },
    examples: [cancelled],
  },
  {
    what: 'notifications of an order that does not exist, and of none',
    mutate: (books) =>
      addLike(
        books,
        'notifications',
        noticeOf(paid),
        { id: 9001, order_id: 'gone' },
        { id: 9002, order_id: null, kind: null },
      ),
    flaws: { unasked: 2 },
    examples: [],
  },
  {
    what: 'entries of the outbox that are not done, one without a topic',
    mutate: (books) => {
      row(books, 'outbox', entryOf(paid))['done_us'] = null;
      Object.assign(row(books, 'outbox', entryOf(other)), { done_us: null, topic: null });
    },
    flaws: { openOutbox: 2 },
    examples: [paid, other],
  },
  {
    what: 'an entry of the outbox that is there done and not done',
    mutate: (books) => addLike(books, 'outbox', entryOf(paid), { done_us: null }),
    flaws: { openOutbox: 1 },
    examples: [paid],
  },
];

describe('notification-delivered-once', () => {
  it('passes when each order is notified once', async () => {
    expect(await judgeRun(delivered, bookRun())).toMatchObject({
      verdict: 'pass',
      expected:
        'one order_paid for each of 26 paid orders, one order_cancelled for each of 2 compensated orders, no other, none in the outbox',
      observed: 'all are: 28 notified, at most 78 ms later',
      figures: { notified: 28, redelivered: 0, lagP50Ms: 55.5, lagMaxMs: 78 },
      examples: [],
    });
  });

  testPlants(delivered, NOTICE_FLAWS, PLANTS);

  it('says what is wrong and what to do', async () => {
    const finding = await judgeRun(
      delivered,
      bookRun((books) => {
        row(books, 'outbox', entryOf(paid))['done_us'] = null;
      }),
    );
    expect(finding.observed).toBe('1 notification still in the outbox');
    expect(finding.because).toContain('1 notification still in the outbox: see what keeps the relay');
  });

  it('passes with rows that occur twice', async () => {
    const finding = await judgeRun(delivered, bookRun(duplicateRows));
    expect(finding).toMatchObject({ verdict: 'pass', figures: { notified: 28, lagP50Ms: 55.5 } });
  });

  it('passes with a notification without an id', async () => {
    const finding = await judgeRun(
      delivered,
      bookRun((books) => {
        row(books, 'notifications', noticeOf(paid))['id'] = null;
      }),
    );
    expect(finding).toMatchObject({ verdict: 'pass', figures: { notified: 28 } });
  });

  it('reports what was delivered again', async () => {
    const finding = await judgeRun(
      delivered,
      bookRun((books) => {
        row(books, 'notifications', noticeOf(paid))['deliveries'] = 2;
      }),
    );
    expect(finding).toMatchObject({
      verdict: 'pass',
      observed: 'all are: 28 notified, at most 78 ms later; 1 delivered again and kept once',
      figures: { redelivered: 1, duplicate: 0 },
    });
  });

  it('passes with open entries of another topic, and without an outbox', async () => {
    const audit: Plant['mutate'] = (books) => {
      row(books, 'outbox', { order_id: idOf(paid), topic: 'audit' })['done_us'] = null;
    };
    expect((await judgeRun(delivered, bookRun(audit))).verdict).toBe('pass');
    const without: Plant['mutate'] = (books) => {
      books['outbox'] = [];
    };
    expect(await judgeRun(delivered, bookRun(without))).toMatchObject({
      verdict: 'pass',
      observed: 'all are: 28 notified',
      figures: { lagP50Ms: null, lagMaxMs: null },
    });
  });

  it('looks at the kinds and the topic that it is told', async () => {
    const renamed = notificationDeliveredOnce.with({ kinds: { paid: 'receipt' }, topic: 'audit' });
    const finding = await judgeRun(
      renamed,
      bookRun((books) => {
        for (const each of books['notifications'] ?? [])
          if (each['kind'] === 'order_paid') each['kind'] = 'receipt';
        row(books, 'outbox', { order_id: idOf(declined), topic: 'audit' })['done_us'] = null;
      }),
    );
    expect(flawsOf(finding, NOTICE_FLAWS)).toEqual({ openOutbox: 1 });
    expect(finding.examples).toEqual(traces([declined]));
  });

  it('is inconclusive when no order was paid', async () => {
    expect(await judgeRun(delivered, bookRun(emptyBooks))).toMatchObject({
      verdict: 'inconclusive',
      because: 'no order was paid, so notifying was not tested',
    });
  });

  it('fails on a notification that nobody asked for though no order was paid', async () => {
    const finding = await judgeRun(
      delivered,
      bookRun((books) => {
        const notice = row(books, 'notifications', noticeOf(paid));
        emptyBooks(books);
        books['notifications'] = [notice];
      }),
    );
    expect(finding).toMatchObject({ verdict: 'fail', figures: { unasked: 1 } });
  });
});
