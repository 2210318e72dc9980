import { describe, expect, it } from 'vitest';
import type { NamedSuspect } from '../../analysis/root-cause/root-cause.ts';
import { rootCauseText } from '../../commands/lib/root-cause-text.ts';
import { START_US } from '../evidence/fixture.ts';

function suspect(change: Partial<NamedSuspect>): NamedSuspect {
  return {
    caller: 'payment-service',
    callee: 'stripe-api',
    edge: 'payment-to-stripe',
    score: 90,
    cluster: { from: 0, until: 20, attempts: 100, bad: 95, shareOutside: 0.012, logRatio: 100, windows: 10 },
    failed: 40,
    slow: 5,
    missing: 50,
    slowerUs: 250_000,
    fromUs: START_US,
    untilUs: START_US + 10e6,
    ...change,
  };
}

describe('rootCauseText', () => {
  it('says what each suspect did, when, and how the edges compare', () => {
    const suspects = [
      suspect({}),
      suspect({
        callee: 'payment-service',
        edge: null,
        score: 10,
        failed: 0,
        slow: 95,
        missing: 0,
        slowerUs: 3.7e6,
      }),
    ];
    expect(rootCauseText({ table: 'recording', spans: 12_345, suspects }, 160)).toMatchInlineSnapshot(`
      "recording, 12,345 spans
          suspect                 weight  time (UTC)                what its own calls did
      1.  payment-to-stripe         90 %  08:53:20.0 to 08:53:30.0  95 of 100 calls bad (40 failed, 5 slow by 250 ms on average, 50 not made), otherwise 1.2 %
      2.  payment-service itself    10 %  08:53:20.0 to 08:53:30.0  95 of 100 calls bad (95 slow by 3,700 ms on average), otherwise 1.2 %"
    `);
  });

  it('says none, and that nothing can be said', () => {
    expect(rootCauseText({ table: 'archive', spans: 10, suspects: [] }, 160)).toBe(
      'archive, 10 spans: none (no edge and no service has bad calls that come together in time beyond chance)',
    );
    expect(rootCauseText({ table: 'archive', spans: 0, suspects: [] }, 160)).toBe(
      'archive, 0 spans: nothing can be said without spans',
    );
  });
});
