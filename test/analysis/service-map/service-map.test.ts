import { describe, expect, it } from 'vitest';
import { mapSchema } from '../../../analysis/service-map/schema.ts';
import { UserError } from '../../../harness/errors.ts';
import { SLOW_ORDERS, SYSTEM, type Tables } from '../../evidence/fixture.ts';
import { CALM, callsBetween, edgeOf, mapOf } from './support.ts';

const calm = (mutate: (tables: Tables) => void) => mapOf({ ...CALM, mutate });

describe('the map of a run without a fault', () => {
  it('has every edge with its rate, errors and times', async () => {
    const map = await mapOf(CALM);
    const stats = (from: string, to: string) => {
      const { id, kind, mode, calm, underFault } = edgeOf(map, from, to);
      return { id, kind, mode, ...calm, underFault };
    };
    expect(stats('payment-service', 'stripe-api')).toEqual({
      id: 'payment-to-stripe',
      kind: 'call',
      mode: 'sync',
      calls: 10,
      ratePerS: 10 / 70,
      errors: 0,
      // From 20 ms to 10 ms before the end of the entry span, which is 1 ms before that of the 120 ms of the client.
      p50Ms: 89,
      p99Ms: 89,
      underFault: null,
    });
    expect(stats('inventory-service', 'database')).toMatchObject({
      kind: 'database',
      calls: 20,
      mode: 'sync',
    });
    expect(stats('api-gateway', 'auth-service')).toMatchObject({ calls: 20, p50Ms: 3 });
    expect(stats('clients', 'api-gateway')).toMatchObject({ kind: 'clients', calls: 20, errors: 0 });
  });

  it('has every service with its kind and criticality, and the database', async () => {
    const { nodes } = await mapOf(CALM);
    const node = (name: string) => nodes.find((each) => each.name === name);
    expect(node('stripe-api')).toEqual({
      name: 'stripe-api',
      kind: 'external',
      criticality: 'critical',
      isDeclared: true,
    });
    expect(node('database')).toMatchObject({ kind: 'database', criticality: null, isDeclared: true });
    expect(node('clients')).toMatchObject({ kind: 'clients' });
    expect(nodes.map(({ name }) => name).toSorted()).toEqual(
      [...Object.keys(SYSTEM.services), 'database', 'clients'].toSorted(),
    );
  });

  it('agrees with the declared system, and is what its schema says', async () => {
    const map = await mapOf(CALM);
    expect(map.discrepancies).toEqual([]);
    expect(mapSchema.parse({ schema: 1, map })).toBeTruthy();
  });

  it('leaves the warm-up out', async () => {
    const requests = [...(CALM.requests ?? []), { route: 'order-create', phase: 'warmup' } as const];
    const { calm } = edgeOf(await mapOf({ ...CALM, requests }), 'payment-service', 'stripe-api');
    expect(calm.calls).toBe(10);
  });

  it('counts a span once, however often it was delivered', async () => {
    const twice = await calm((tables) => {
      tables.recording = [...tables.recording, ...tables.recording];
      tables.ledger = [...tables.ledger, ...tables.ledger];
    });
    expect(twice).toEqual(await mapOf(CALM));
  });
});

describe('the map of a run with a fault', () => {
  it('has the times without it and under it, and says where it was', async () => {
    const map = await mapOf();
    const stripe = edgeOf(map, 'payment-service', 'stripe-api');
    expect(map).toMatchObject({ calmS: 40, faultS: 30 });
    expect(stripe.faults).toEqual(['latency of 3750 ms']);
    expect(stripe.calm).toMatchObject({ errors: 0, p99Ms: 89 });
    expect(stripe.underFault).toMatchObject({ calls: SLOW_ORDERS, errors: SLOW_ORDERS, p50Ms: 3000 });
    const auth = edgeOf(map, 'api-gateway', 'auth-service');
    expect(auth.faults).toEqual([]);
    expect(auth.underFault?.errors).toBe(0);
    expect(auth.underFault?.ratePerS).toBeCloseTo(auth.calm.ratePerS, 0);
  });

  it('a refusal of 4xx is no error, whatever the status of its span', async () => {
    const of = async (status: number | null) => {
      const map = await calm((tables) => {
        for (const span of callsBetween(tables, 'payment-service', 'stripe-api')) {
          span.http_status = status;
          span.status = 'error';
        }
      });
      return edgeOf(map, 'payment-service', 'stripe-api').calm.errors;
    };
    expect([await of(402), await of(500), await of(null)]).toEqual([0, 10, 10]);
  });
});

describe('what is not declared', () => {
  it('is a finding with traces to look at, and a node of its own', async () => {
    const map = await calm((tables) => {
      for (const span of callsBetween(tables, 'order-service', 'notification-service'))
        span.peer_service = 'mail-api';
      for (const span of tables.recording)
        if (span.service === 'notification-service') span.service = 'mail-api';
    });
    expect(
      map.discrepancies.map(({ severity, kind, from, to, examples }) => [
        severity,
        kind,
        from,
        to,
        examples.length,
      ]),
    ).toEqual([
      ['finding', 'undeclared-service', 'order-service', 'mail-api', 3],
      ['warning', 'unexercised-edge', 'order-service', 'notification-service', 0],
    ]);
    expect(map.nodes.find(({ name }) => name === 'mail-api')).toMatchObject({
      kind: 'unknown',
      isDeclared: false,
    });
    expect(edgeOf(map, 'order-service', 'notification-service')).toMatchObject({
      mode: null,
      calm: { calls: 0, p50Ms: null },
    });
  });

  it('may be a call between declared services', async () => {
    const edges = SYSTEM.edges.filter(({ id }) => id !== 'order-to-database');
    const map = await mapOf({ ...CALM, run: { faults: [], system: { ...SYSTEM, edges } } });
    expect(map.discrepancies).toMatchObject([
      { severity: 'finding', kind: 'undeclared-edge', to: 'database' },
    ]);
    expect(map.discrepancies[0]?.what).toContain('order-service calls database (10 calls)');
  });

  it('is found from the address when nothing else says who was called', async () => {
    const map = await calm((tables) => {
      const [call] = callsBetween(tables, 'payment-service', 'stripe-api');
      if (!call) return;
      call.peer_service = null;
      call.attributes = JSON.stringify({ 'server.address': 'api.example.com', 'server.port': 443 });
      tables.recording = tables.recording.filter(({ parent_id }) => parent_id !== call.span_id);
    });
    expect(edgeOf(map, 'payment-service', 'api.example.com:443').calm.calls).toBe(1);
  });

  it('but an address of which other calls tell whose it is, is his', async () => {
    const map = await calm((tables) => {
      const calls = callsBetween(tables, 'payment-service', 'stripe-api');
      for (const call of calls)
        call.attributes = JSON.stringify({ 'server.address': '10.0.0.1', 'server.port': 80 });
      const [failed] = calls;
      if (!failed) return;
      failed.peer_service = null;
      tables.recording = tables.recording.filter(({ parent_id }) => parent_id !== failed.span_id);
    });
    expect(edgeOf(map, 'payment-service', 'stripe-api').calm.calls).toBe(10);
    expect(map.discrepancies).toEqual([]);
  });

  it('may be called without a CLIENT span', async () => {
    const map = await calm((tables) => {
      for (const span of callsBetween(tables, 'order-service', 'notification-service'))
        span.kind = 'internal';
    });
    expect(edgeOf(map, 'order-service', 'notification-service').calm).toMatchObject({ calls: 10, p50Ms: 3 });
  });
});

describe('sync or async', () => {
  const notices = (change: (span: Tables['recording'][number], index: number) => void) =>
    calm((tables) => {
      callsBetween(tables, 'order-service', 'notification-service').forEach(change);
    }).then((map) => edgeOf(map, 'order-service', 'notification-service').mode);
  const late = (span: Tables['recording'][number]): void => {
    span.end_us += 500_000;
  };

  it('is async when calls outlive the span that made them', async () => {
    expect(await notices(late)).toBe('async');
    expect(await notices((span, index) => index < 5 && late(span))).toBe('mixed');
    expect(await notices(() => undefined)).toBe('sync');
  });

  it('is async when a consumer makes them, in the same trace or in one of its own', async () => {
    const own = (tables: Tables): void => {
      for (const span of callsBetween(tables, 'order-service', 'notification-service'))
        span.trace_id = span.trace_id.replace(/^./, 'f').replace(/.$/, 'e');
    };
    expect(edgeOf(await calm(own), 'order-service', 'notification-service').mode).toBe('async');
    const consumed = (tables: Tables): void => {
      for (const span of tables.recording) if (span.name === 'order.create') span.kind = 'consumer';
    };
    const map = await calm(consumed);
    expect(edgeOf(map, 'order-service', 'notification-service').mode).toBe('async');
    expect(edgeOf(map, 'payment-service', 'stripe-api').mode).toBe('async');
    expect(edgeOf(map, 'api-gateway', 'order-service').mode).toBe('sync');
  });

  it('goes by the calm time: under a fault callers give up', async () => {
    const map = await mapOf({
      mutate: (tables) => {
        for (const span of callsBetween(tables, 'payment-service', 'stripe-api'))
          if (span.status === 'error') span.end_us += 60_000_000;
      },
    });
    expect(edgeOf(map, 'payment-service', 'stripe-api').mode).toBe('sync');
  });
});

describe('queues', () => {
  it('stand between who produces and who consumes, by the destination', async () => {
    const destination = JSON.stringify({ 'messaging.destination.name': 'notices' });
    const map = await calm((tables) => {
      for (const span of tables.recording) {
        if (span.name === 'order.save') Object.assign(span, { kind: 'producer', attributes: destination });
        if (span.name === 'payment.charge')
          Object.assign(span, { kind: 'consumer', attributes: destination });
      }
    });
    expect(edgeOf(map, 'order-service', 'notices')).toMatchObject({
      kind: 'queue',
      mode: 'async',
      calm: { calls: 10 },
    });
    expect(edgeOf(map, 'notices', 'payment-service').calm.calls).toBe(10);
    expect(map.nodes.find(({ name }) => name === 'notices')?.kind).toBe('queue');
    expect(map.discrepancies).toEqual([]);
  });

  it('without a name belong to the service', async () => {
    const map = await calm((tables) => {
      for (const span of tables.recording) if (span.name === 'order.save') span.kind = 'producer';
    });
    expect(edgeOf(map, 'order-service', 'queue of order-service').calm.calls).toBe(10);
  });
});

describe('nothing to draw', () => {
  it('is said', async () => {
    await expect(mapOf({ ...CALM, without: ['recording'] })).rejects.toThrow(
      /no recording \(left out by the fixture\)/,
    );
    await expect(mapOf({ ...CALM, requests: [] })).rejects.toThrow(UserError);
  });

  it('but a map without a ledger only lacks its clients', async () => {
    const { nodes } = await mapOf({ ...CALM, without: ['ledger'] });
    expect(nodes.some(({ kind }) => kind === 'clients')).toBe(false);
  });
});
