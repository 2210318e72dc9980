import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one customer is notified twice',
  edits: [
    tables(
      ['books_notifications'],
      'INSERT INTO books_notifications SELECT * REPLACE (-1 AS id) FROM books_notifications WHERE id = 1',
    ),
  ],
  notPassed: { 'notification-delivered-once': 'fail' },
} satisfies EvidenceSabotage;
