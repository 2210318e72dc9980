import type { EvidenceSabotage } from '../contract.ts';
import { calledFiveTimes } from '../storm.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the gateway asks for one product page five times',
  victims: `SELECT trace_id FROM fate WHERE route = 'product-page' AND phase = 'baseline'
        AND observed = 'absent' ORDER BY seq LIMIT 1`,
  edits: [calledFiveTimes('api-gateway', 'inventory-service')],
  notPassed: { 'retries-bounded': 'fail' },
} satisfies EvidenceSabotage;
