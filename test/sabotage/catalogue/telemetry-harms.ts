import telemetryHarmless from '../../../assertions/telemetry-harmless.ts';
import type { EvidenceSabotage } from '../contract.ts';
import { judgedBy, tables } from '../edits.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'product reads take a second longer while telemetry fails',
  edits: [
    judgedBy(telemetryHarmless.with({ routes: ['product-read'] })),
    tables(
      ['ledger'],
      "UPDATE ledger SET latency_us = latency_us + 1000000 WHERE phase = 'fault' AND route = 'product-read' AND latency_us < 1000000",
    ),
  ],
  notPassed: { 'telemetry-harmless': 'fail' },
} satisfies EvidenceSabotage;
