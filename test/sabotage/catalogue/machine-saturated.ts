import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the machine has no idle time',
  edits: [
    tables(
      ['gauges'],
      `UPDATE gauges SET value = (SELECT min(value) FROM gauges WHERE part = 'machine'
        AND labels LIKE '%idle%')
        WHERE part = 'machine' AND metric = 'cpu_seconds' AND labels LIKE '%idle%'`,
    ),
  ],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
