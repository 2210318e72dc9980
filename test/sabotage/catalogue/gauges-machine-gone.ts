import type { EvidenceSabotage } from '../contract.ts';
import { tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'nothing says how busy the machine was',
  edits: [tables(['gauges'], `DELETE FROM gauges WHERE part = 'machine' AND metric = 'cpu_seconds'`)],
  notPassed: { 'load-achieved': 'inconclusive' },
} satisfies EvidenceSabotage;
