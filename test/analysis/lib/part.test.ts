import { describe, expect, it } from 'vitest';
import { dependenciesOf } from '../../../analysis/risks/lib/dependencies.ts';
import { serviceMap } from '../../../analysis/service-map/service-map.ts';
import type { Evidence } from '../../../harness/contracts.ts';
import { makeRun, type RequestSpec } from '../../evidence/fixture.ts';

/** The evidence, but its recording says that it has so many spans. */
function pretending(evidence: Evidence, spans: number): Evidence {
  return {
    run: evidence.run,
    faults: evidence.faults,
    sources: evidence.sources,
    query: (sql, parameters) =>
      sql === 'SELECT count(*) AS spans FROM recording'
        ? evidence.query(`SELECT ${spans} AS spans`)
        : evidence.query(sql, parameters),
  };
}

describe('of a long recording', () => {
  it('one trace in n is looked at, whole, and counts n times', async () => {
    const requests = Array.from(
      { length: 600 },
      (): RequestSpec => ({ route: 'order-create', phase: 'baseline' }),
    );
    const run = await makeRun({ requests, run: { faults: [] } });
    try {
      const evidence = pretending(await run.open(), 4_000_000);
      const { every, routes, uses, loads } = await dependenciesOf(evidence);
      expect(every).toBe(3);
      const [route] = routes;
      // A third of 600, within five standard deviations of a fair draw.
      expect(Math.abs((route?.requests ?? 0) - 200)).toBeLessThan(60);
      for (const use of uses) expect(use.using).toBe(route?.requests);
      const perS = ((route?.requests ?? 0) * 3) / 70;
      expect(loads.find(({ edge }) => edge === 'payment-to-stripe')?.callsPerS).toBeCloseTo(perS, 6);
      const map = await serviceMap(evidence);
      const stripe = map.edges.find(({ id }) => id === 'payment-to-stripe');
      expect([map.every, stripe?.calm.calls]).toEqual([3, (route?.requests ?? 0) * 3]);
      expect(map.edges.find(({ kind }) => kind === 'clients')?.calm.calls).toBe(600);
    } finally {
      run.remove();
    }
  });
});
