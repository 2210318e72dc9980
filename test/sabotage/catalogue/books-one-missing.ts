import type { EvidenceSabotage } from '../contract.ts';
import { without } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'nobody could read the book of the notifications',
  edits: [without('books_notifications')],
  notPassed: { 'notification-delivered-once': 'error' },
} satisfies EvidenceSabotage;
