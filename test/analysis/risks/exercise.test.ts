import { beforeAll, describe, expect, it } from 'vitest';
import type { RiskTable } from '../../../analysis/risks/risk-table.ts';
import { risksSchema } from '../../../analysis/risks/schema.ts';
import { risksOf } from './support.ts';

/** Mission 6: the risks of the shop as the exercise found it, from the traces of a run in which nothing is broken. */
describe('the risk table of the exercise', () => {
  let risks: RiskTable;
  beforeAll(async () => {
    risks = await risksOf();
  });

  it('has auth-service and stripe-api as the single points of failure at the ends of paths', () => {
    const critical = risks.singlePoints.filter(
      ({ criticality, position }) => criticality === 'critical' && position === 'end',
    );
    expect(
      critical.map(({ node, routes, remedy }) => [node, routes.map(({ route }) => route), remedy]),
    ).toEqual([
      ['auth-service', ['order-create', 'product-read'], 'a cache of its answers, and replicas'],
      [
        'stripe-api',
        ['order-create'],
        'a time-out, a circuit breaker, and a second provider to fall back on',
      ],
    ]);
    // All requests but health checks pass auth-service: 40 of 41.
    expect(critical.map(({ share }) => share)).toEqual([40 / 41, 20 / 41]);
    expect(critical[0]?.routes[0]?.because).toContain('20 of 20 good requests');
  });

  it('and the services on the way to them, the database, and what is not critical but everyone waits for', () => {
    expect(risks.singlePoints.map(({ node, position }) => [node, position])).toEqual([
      ['auth-service', 'end'],
      ['database', 'end'],
      ['stripe-api', 'end'],
      ['order-service', 'on the way'],
      ['payment-service', 'on the way'],
      ['inventory-service', 'on the way'],
    ]);
  });

  it('has the cascade stripe -> payment -> order', () => {
    const [first] = risks.cascades;
    expect(first).toMatchObject({
      edge: 'payment-to-stripe',
      services: ['stripe-api', 'payment-service', 'order-service', 'api-gateway'],
      routes: ['order-create'],
      remedy: 'a time-out, a circuit breaker and a fallback in payment-service',
    });
  });

  it('has the degradations of notification and inventory', () => {
    const rows = risks.degradations.map(({ node, routes, untouched, remedy }) => ({
      node,
      routes: routes.map(({ route, outcome }) => `${route} ${outcome}`),
      untouched,
      remedy,
    }));
    expect(rows).toEqual([
      {
        node: 'inventory-service',
        routes: ['order-create failed', 'product-read failed'],
        untouched: ['health'],
        remedy: 'go on without its answer, with an old one or by making up for it later',
      },
      {
        node: 'notification-service',
        routes: ['order-create unaffected'],
        untouched: ['health', 'product-read'],
        remedy: 'call it after the answer, by a queue, until it succeeds',
      },
    ]);
  });

  it('is what its schema says', () => {
    expect(risksSchema.parse({ schema: 1, run: 'r', build: 'naive', risks })).toBeTruthy();
  });
});
