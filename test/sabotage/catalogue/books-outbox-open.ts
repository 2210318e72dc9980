import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'one notice still waits in the outbox',
  edits: [tables(['books_outbox'], 'UPDATE books_outbox SET done_us = NULL WHERE id = 1')],
  notPassed: { 'notification-delivered-once': 'fail' },
} satisfies EvidenceSabotage;
