import { describe, expect, it } from 'vitest';
import { FAULTS, type FaultKind } from '../../../analysis/risks/outcomes.ts';
import { healthyRequests, type RunSpec, SYSTEM, type Tables } from '../../evidence/fixture.ts';
import { CALM, calm, predicted, predictions, risksOf, systemWith, withoutCalls } from './support.ts';

const STRIPE = 'payment-to-stripe';

describe('without time-outs and stand-ins', () => {
  it.each<[FaultKind, string]>([
    ['down', 'failed'],
    ['reset', 'failed'],
    ['blackhole', 'failed'],
    ['latency-below', 'degraded'],
    ['latency-above', 'degraded'],
  ])('%s at the end of a path: %s', async (fault, outcome) => {
    expect(await predicted(calm(), 'order-create', STRIPE, fault)).toMatchObject({ outcome });
  });

  it('climbs from caller to caller up to the entry', async () => {
    const { path, because } = await predicted(calm(), 'order-create', STRIPE);
    expect(path).toEqual([STRIPE, 'order-to-payment', 'gateway-to-order']);
    expect(because).toBe('20 of 20 good requests called over it, and nothing stands in at api-gateway');
  });

  it('leaves routes alone that do not call', async () => {
    for (const fault of FAULTS)
      expect(await predicted(calm(), 'product-read', STRIPE, fault)).toMatchObject({
        outcome: 'unaffected',
        path: [],
      });
  });

  it('hangs until the client gives up, where nobody has a time-out', async () => {
    const { because } = await predicted(calm(), 'order-create', STRIPE, 'blackhole');
    expect(because).toContain('the client gives up after 10,000 ms');
  });

  it('a service of low criticality that is called last is not needed, unless it never answers', async () => {
    const of = async (fault: FaultKind) =>
      (await predicted(calm(), 'order-create', 'order-to-notification', fault)).outcome;
    expect([await of('down'), await of('blackhole'), await of('latency-below')]).toEqual([
      'unaffected',
      'failed',
      'degraded',
    ]);
    const critical = {
      ...SYSTEM,
      services: { ...SYSTEM.services, 'notification-service': { kind: 'internal', criticality: 'high' } },
    };
    expect(
      await predicted(calm({ run: { system: critical } }), 'order-create', 'order-to-notification'),
    ).toMatchObject({
      outcome: 'failed',
    });
  });
});

describe('with what mitigations declare', () => {
  const system = systemWith(
    [
      {
        mitigation: 'optimism',
        edge: 'order-to-inventory',
        standIn: { routes: ['order-create'], outcome: 'degraded' },
      },
      { mitigation: 'second', edge: STRIPE, standIn: { routes: ['order-create'], outcome: 'unaffected' } },
      { mitigation: 'limits', edge: STRIPE, timeout: true },
    ],
    1000,
  );
  const on = (...ids: string[]): RunSpec =>
    calm({
      run: {
        system,
        build: { id: 'b', on: ids, off: ['optimism', 'second', 'limits'].filter((id) => !ids.includes(id)) },
      },
    });

  it.each<[string, string[], FaultKind, string]>([
    ['a stand-in', ['second'], 'down', 'unaffected'],
    ['a stand-in that is off', [], 'down', 'failed'],
    ['a stand-in that nobody tells of the silence', ['second'], 'latency-above', 'degraded'],
    ['a stand-in when a time-out is over', ['second', 'limits'], 'blackhole', 'degraded'],
    ['a time-out alone', ['limits'], 'latency-above', 'failed'],
    ['no time-out', [], 'latency-above', 'degraded'],
    ['a stand-in, and an answer in time', ['second', 'limits'], 'latency-below', 'degraded'],
  ])('%s: %s, %s -> %s', async (_what, ids, fault, outcome) => {
    expect(await predicted(on(...ids), 'order-create', STRIPE, fault)).toMatchObject({ outcome });
  });

  it('stands in for what fails below, too, and only on its routes', async () => {
    expect(await predicted(on('optimism'), 'order-create', 'inventory-to-database')).toMatchObject({
      outcome: 'degraded',
      path: ['inventory-to-database', 'order-to-inventory'],
    });
    expect(await predicted(on('optimism'), 'product-read', 'inventory-to-database')).toMatchObject({
      outcome: 'failed',
    });
  });

  it('an edge whose time-out is no mitigation of has it always', async () => {
    const { because } = await predicted(on(), 'order-create', 'gateway-to-auth', 'blackhole');
    expect(because).not.toContain('gives up');
  });

  it('a silence below ends at the first caller with a time-out', async () => {
    const { because, outcome } = await predicted(on('second'), 'order-create', STRIPE, 'blackhole');
    expect([outcome, because]).toEqual([
      'failed',
      '20 of 20 good requests called over it, and nothing stands in at api-gateway',
    ]);
  });

  it('runs that do not tell of protections have their time-outs only when nothing was switched off', async () => {
    const { protections: _, ...old } = system;
    const build = (off: string[]): RunSpec => calm({ run: { system: old, build: { id: 'b', on: [], off } } });
    const of = async (spec: RunSpec) =>
      (await predicted(spec, 'order-create', STRIPE, 'latency-above')).outcome;
    expect([await of(build([])), await of(build(['limits']))]).toEqual(['failed', 'degraded']);
  });
});

describe('with what was seen', () => {
  /** Lets the calls to Stripe fail in the first orders; their client still gets a good answer, or another one. */
  const failing = (count: number, answer: (index: number) => number) => (tables: Tables) => {
    const calls = tables.recording.filter(
      ({ kind, peer_service }) => kind === 'client' && peer_service === 'stripe-api',
    );
    calls.slice(0, count).forEach((call, index) => {
      call.status = 'error';
      call.http_status = 500;
      const asked = tables.ledger.find(({ trace_id }) => trace_id === call.trace_id);
      if (asked) asked.status = answer(index);
    });
  };

  it.each<[string, number, (index: number) => number, string, string]>([
    ['all made good', 4, () => 200, 'unaffected', 'seen: 4 of 4 requests'],
    ['all made good with a lesser answer', 4, () => 202, 'degraded', 'of another kind'],
    ['none made good', 4, () => 503, 'failed', 'seen: 0 of 4 requests'],
    ['too few to tell', 2, () => 200, 'failed', 'nothing stands in'],
    ['now so, now so', 4, (index) => (index < 2 ? 200 : 503), 'failed', 'nothing stands in'],
  ])('failed calls of which %s', async (_what, count, answer, outcome, because) => {
    const found = await predicted(calm({ mutate: failing(count, answer) }), 'order-create', STRIPE);
    expect(found.outcome).toBe(outcome);
    expect(found.because).toContain(because);
  });

  it('failed calls that nobody made good climb all the way', async () => {
    const found = await predicted(calm({ mutate: failing(4, () => 503) }), 'order-create', STRIPE);
    expect(found.path).toEqual([STRIPE, 'order-to-payment', 'gateway-to-order']);
  });

  it('a refusal of 4xx is no failure', async () => {
    const mutate = (tables: Tables): void => {
      failing(4, () => 200)(tables);
      for (const span of tables.recording) if (span.http_status === 500) span.http_status = 402;
    };
    expect(await predicted(calm({ mutate }), 'order-create', STRIPE)).toMatchObject({ outcome: 'failed' });
  });

  it('a call that some requests do without makes only these safe', async () => {
    const some = (share: number) => (tables: Tables) =>
      withoutCalls(tables, 'api-gateway', 'auth-service', (index) => index % 10 >= share * 10);
    const of = async (share: number) => {
      const { outcome, because } = await predicted(
        calm({ mutate: some(share) }),
        'order-create',
        'gateway-to-auth',
      );
      return [outcome, because.split(' good')[0]];
    };
    expect(await of(0.3)).toEqual(['degraded', '6 of 20']);
    expect(await of(0.6)).toEqual(['failed', '12 of 20']);
  });

  it('a call that comes by the clock is one for all, and the others live on its answer', async () => {
    // Of reads a second apart only every fourth calls.
    const mutate = (tables: Tables): void =>
      withoutCalls(tables, 'api-gateway', 'inventory-service', (index) => index % 4 !== 0);
    const requests = Array.from(
      { length: 40 },
      () => ({ route: 'product-read', phase: 'baseline' }) as const,
    );
    const found = await predicted(calm({ requests, mutate }), 'product-read', 'gateway-to-inventory');
    expect(found).toMatchObject({ outcome: 'failed' });
    expect(found.because).toContain('10 of 40 good requests called over it, evenly spaced in time');
  });

  it('calls after the answer are not waited for', async () => {
    const mutate = ({ recording, ledger }: Tables): void => {
      for (const span of recording) {
        const isNotice =
          span.service === 'notification-service' || span.peer_service === 'notification-service';
        if (isNotice && ledger.length > 0) {
          span.start_us += 500_000;
          span.end_us += 500_000;
        }
      }
    };
    const found = await predicted(calm({ mutate }), 'order-create', 'order-to-notification', 'blackhole');
    expect(found).toMatchObject({
      outcome: 'unaffected',
      because:
        'no request of the route waits for a call over it; 20 calls were made after an answer, or without a request',
    });
    const { degradations, notes } = await risksOf(calm({ mutate }));
    expect(degradations.find(({ node }) => node === 'notification-service')).toMatchObject({
      routes: [],
      apart: 20,
      remedy: '',
    });
    expect(notes).toContain(
      'no answer waits for a call over order-to-notification: all 20 were made after an answer, or without a request',
    );
  });
});

describe('a pool of connections', () => {
  // Twenty orders and twenty reads in 70 s are 40 calls to the database: 0.57 a second.
  const withPool = (connections: number, limits: boolean): RunSpec => {
    const { edges, ...system } = systemWith(
      limits ? [] : [{ mitigation: 'off', edge: 'inventory-to-database', timeout: true }],
      20_000,
    );
    const pooled = edges.map((edge) => (edge.to === 'database' ? { ...edge, connections } : edge));
    return calm({ run: { system: { ...system, edges: pooled }, build: { id: 'b', on: [], off: ['off'] } } });
  };
  const of = (spec: RunSpec, fault: FaultKind) =>
    predicted(spec, 'product-read', 'inventory-to-database', fault);

  it('that a slow answer uses up fails its callers, though each answer comes in time', async () => {
    // An answer of 10 s lets 2 connections carry 0.2 calls a second.
    const found = await of(withPool(2, true), 'latency-below');
    expect(found.outcome).toBe('failed');
    expect(found.because).toContain(
      'with 10,000 ms an answer 2 connections carry 0.2 calls/s, and 0.6 are made',
    );
  });

  it.each<[string, number, boolean]>([
    ['that suffices', 6, true],
    ['that is twice as busy as it can be, but not more', 3, true],
    ['whose callers wait as long as it takes', 2, false],
  ])('%s only makes them late', async (_what, connections, limits) => {
    expect((await of(withPool(connections, limits), 'latency-below')).outcome).toBe('degraded');
  });
});

describe('too little to tell', () => {
  it('says nothing without a ledger, a recording, or a good request', async () => {
    expect(await predictions(calm({ without: ['ledger'] }))).toEqual([]);
    expect(await predictions(calm({ without: ['recording'] }))).toEqual([]);
    expect(await predictions(calm({ requests: [] }))).toEqual([]);
    const failed = CALM.map((request) => ({ ...request, outcome: 'error' }) as const);
    expect((await predictions(calm({ requests: failed }))).map(({ route }) => route)).not.toContain(
      'order-create',
    );
  });

  it('of a run with a fault looks only at what was before it', async () => {
    const before = healthyRequests().filter(
      ({ phase, route }) => phase === 'baseline' && route === 'order-create',
    ).length;
    const { requests, notes } = await risksOf({ requests: healthyRequests() });
    expect(requests['order-create']).toBe(before);
    expect(notes).toContain('the run has a fault; only the requests due before it were looked at');
  });

  it('is the same when spans and requests were delivered twice', async () => {
    const mutate = (tables: Tables): void => {
      tables.recording = [...tables.recording, ...tables.recording];
      tables.ledger = [...tables.ledger, ...tables.ledger];
    };
    expect(await predictions(calm({ mutate }))).toEqual(await predictions(calm()));
  });
});
