import type { EvidenceSabotage } from '../contract.ts';
import { calledFiveTimes } from '../storm.ts';

export default {
  level: 'evidence',
  material: 'stripe-slow',
  title: 'the second provider is asked five times for one charge',
  victims: `SELECT f.trace_id FROM fate f JOIN traces t ON t.trace_id = f.trace_id
        WHERE f.route = 'order' AND f.phase = 'fault' AND t.entry_us < 1500000 AND f.trace_id IN (
          SELECT trace_id FROM recording WHERE service = 'backup-pay-api' AND kind = 'server')
        ORDER BY f.seq LIMIT 1`,
  edits: [calledFiveTimes('payment-service', 'backup-pay-api')],
  // Its trace has an error and so it is kept, without the calls that are made up here.
  notPassed: { 'retries-bounded': 'fail', 'every-error-kept': 'fail', 'traces-unbroken': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
