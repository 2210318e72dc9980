import type { EvidenceSabotage } from '../contract.ts';
import { calledFiveTimes } from '../storm.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the gateway asks five times who one customer is',
  // Of an order that was not kept: a kept one would lack the calls in the archive.
  victims: `SELECT trace_id FROM fate WHERE route = 'order' AND phase = 'baseline' AND observed = 'absent' AND trace_id IN (
          SELECT trace_id FROM recording WHERE service = 'auth-service' AND kind = 'server')
        ORDER BY seq LIMIT 1`,
  edits: [calledFiveTimes('api-gateway', 'auth-service')],
  notPassed: { 'retries-bounded': 'fail' },
} satisfies EvidenceSabotage;
