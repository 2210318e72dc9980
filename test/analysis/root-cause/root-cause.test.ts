import { describe, expect, it } from 'vitest';
import { nameOf } from '../../../analysis/root-cause/root-cause.ts';
import { inTrouble, PER_S, type Planted, suspectsOf, type Trouble, type Troubles } from './traces.ts';

/** The troubles in the 15th to 25th second. */
const during = (troubles: Troubles) => (seq: number) => (inTrouble(seq) ? troubles : {});

async function edgesOf(planted: Planted, table: 'recording' | 'archive' = 'recording') {
  return (await suspectsOf(planted, table)).suspects.map(({ edge }) => edge);
}

describe('rootCause', () => {
  describe.each<[string, Trouble]>([
    ['is refused', { is: 'refused' }],
    ['is reset after the work is done', { is: 'lost' }],
    ['is never answered', { is: 'unanswered', ms: 900 }],
    ['is late', { is: 'late', ms: 250 }],
    ['is too late', { is: 'given-up', ms: 900 }],
  ])('when every call %s', (_, trouble) => {
    it.each([
      ['gateway-to-auth', 'api-gateway>auth-service'],
      ['order-to-inventory', 'order-service>inventory-service'],
      ['payment-to-stripe', 'payment-service>stripe-api'],
    ])('finds %s, and not those that pass it on', async (edge, call) => {
      expect(await edgesOf({ troubles: during({ [call]: trouble }) })).toEqual([edge]);
    });
  });

  it.each([
    ['inventory-service>database', 'inventory-to-database'],
    ['order-service>database', 'order-to-database'],
  ])('tells two callers of a callee apart: %s', async (call, edge) => {
    expect(await edgesOf({ troubles: during({ [call]: { is: 'late', ms: 100 } }) })).toEqual([edge]);
  });

  it('finds a database whose driver makes no span without a connection', async () => {
    // Nothing that comes after it is called either.
    const found = await suspectsOf({ troubles: during({ 'order-service>database': { is: 'unmade' } }) });
    expect(found.suspects).toMatchObject([{ edge: 'order-to-database', failed: 0, slow: 0, missing: 100 }]);
  });

  it('counts the calls that an open breaker does not make for the edge that had failed', async () => {
    // Seven fail, then one probe each three seconds; meanwhile payment-service asks neither its database nor Stripe.
    const isTried = (seq: number) => seq < 15 * PER_S + 7 || (seq - 15 * PER_S) % (3 * PER_S) === 0;
    const troubles = (seq: number): Troubles =>
      inTrouble(seq) ? { 'payment-service>stripe-api': { is: isTried(seq) ? 'refused' : 'unmade' } } : {};
    const found = await suspectsOf({ troubles });
    expect(found.suspects).toMatchObject([{ edge: 'payment-to-stripe', failed: 10, missing: 90 }]);
  });

  it('says by how much calls were slow, beyond the second that counts', async () => {
    const { suspects } = await suspectsOf({
      troubles: during({ 'payment-service>stripe-api': { is: 'late', ms: 3750 } }),
    });
    expect(suspects[0]?.slowerUs).toBeGreaterThan(3_700_000);
    expect(suspects[0]?.slowerUs).toBeLessThan(3_800_000);
  });

  it('says when it was', async () => {
    const found = await suspectsOf({
      troubles: during({ 'payment-service>stripe-api': { is: 'refused' } }),
    });
    const [first] = found.suspects;
    const [fromS, untilS] = [(first?.fromUs ?? 0) / 1e6, (first?.untilUs ?? 0) / 1e6];
    expect(untilS - fromS).toBeCloseTo(10, 0);
    expect(fromS % 100).toBeCloseTo(15, 0);
  });

  it('answers none when nothing is wrong', async () => {
    expect(await edgesOf({})).toEqual([]);
  });

  it('answers none for errors and slowness that are the same all the time', async () => {
    const troubles = (seq: number): Troubles =>
      seq % 20 === 0
        ? { 'payment-service>stripe-api': { is: 'refused' } }
        : seq % 25 === 1
          ? { 'order-service>inventory-service': { is: 'late', ms: 400 } }
          : {};
    expect(await edgesOf({ troubles })).toEqual([]);
  });

  it('answers none for a hiccup of a second', async () => {
    const troubles = (seq: number): Troubles =>
      seq >= 150 && seq < 160 ? { 'order-service>inventory-service': { is: 'late', ms: 400 } } : {};
    expect(await edgesOf({ troubles })).toEqual([]);
  });

  it('answers none when all of the run is bad: there is nothing to compare with', async () => {
    expect(await edgesOf({ troubles: () => ({ 'payment-service>stripe-api': { is: 'refused' } }) })).toEqual(
      [],
    );
  });

  it.each([
    ['order-service>inventory-service', 'inventory-service itself'],
    ['payment-service>stripe-api', 'stripe-api itself'],
  ])('names the service that takes long itself, not the edge to it: %s', async (call, name) => {
    const { suspects } = await suspectsOf({ troubles: during({ [call]: { is: 'busy', ms: 500 } }) });
    expect(suspects.map(nameOf)).toEqual([name]);
  });

  it('counts the wait for a connection for the database that holds all of them', async () => {
    // One statement in ten has a connection and hangs; the other parts wait for one, and then do their work.
    const troubles = (seq: number): Troubles =>
      !inTrouble(seq)
        ? {}
        : seq % 10 === 0
          ? { 'inventory-service>database': { is: 'late', ms: 3000 } }
          : { 'order-service>inventory-service': { is: 'busy', ms: 3000 } };
    expect((await suspectsOf({ troubles })).suspects.map(nameOf)).toEqual(['inventory-to-database']);
    // Sampling keeps all that is slow, and of the others one in ten: what is usual is the minority then.
    const kept: Planted['change'] = (spans, seq) => (inTrouble(seq) || seq % 10 === 3 ? spans : []);
    const archive = await suspectsOf({ troubles, change: kept }, 'archive');
    expect(archive.suspects.map(nameOf)).toEqual(['inventory-to-database']);
  });

  it('names the service that fails itself, not the edge to it', async () => {
    const broken: Trouble = { is: 'broken' };
    const { suspects } = await suspectsOf({ troubles: during({ 'payment-service>stripe-api': broken }) });
    expect(suspects.map(nameOf)).toEqual(['stripe-api itself']);
    expect(suspects).toMatchObject([{ edge: null, failed: 100, slow: 0, missing: 0 }]);
  });

  it('finds an edge whose failures the caller survives', async () => {
    const troubles = during({ 'order-service>inventory-service': { is: 'refused' } });
    expect(await edgesOf({ troubles, survives: ['order-service'] })).toEqual(['order-to-inventory']);
  });

  it('does not take a refusal for an error', async () => {
    const change: Planted['change'] = (spans, seq) =>
      inTrouble(seq)
        ? spans.map((span) =>
            span.peer_service === 'auth-service' ? { ...span, status: 'error', http_status: 401 } : span,
          )
        : spans;
    expect(await edgesOf({ change })).toEqual([]);
  });

  it('counts a span once, however often it was delivered', async () => {
    const troubles = during({ 'payment-service>stripe-api': { is: 'refused' } });
    const change: Planted['change'] = (spans) => [...spans, ...spans];
    const once = await suspectsOf({ troubles });
    expect((await suspectsOf({ troubles, change })).suspects).toEqual(once.suspects);
  });

  it('ranks two edges in trouble, the one that costs more first', async () => {
    const troubles = during({
      'order-service>inventory-service': { is: 'late', ms: 100 },
      'payment-service>stripe-api': { is: 'refused' },
    });
    expect(await edgesOf({ troubles })).toEqual(['payment-to-stripe', 'order-to-inventory']);
  });

  it('puts the queue that forms when the trouble ends behind the trouble', async () => {
    const troubles = (seq: number): Troubles =>
      inTrouble(seq)
        ? { 'payment-service>stripe-api': { is: 'unanswered', ms: 900 } }
        : seq < 290 && seq >= 250
          ? { 'order-service>inventory-service': { is: 'late', ms: 120 } }
          : {};
    expect(await edgesOf({ troubles })).toEqual(['payment-to-stripe', 'order-to-inventory']);
  });

  it('names an edge that the system does not declare by its ends', async () => {
    const change: Planted['change'] = (spans) =>
      spans.map((span) =>
        span.service === 'auth-service'
          ? { ...span, service: 'other' }
          : span.peer_service === 'auth-service'
            ? { ...span, peer_service: 'other' }
            : span,
      );
    const troubles = during({ 'api-gateway>auth-service': { is: 'refused' } });
    expect((await suspectsOf({ troubles, change })).suspects).toMatchObject([
      { edge: null, caller: 'api-gateway', callee: 'other' },
    ]);
  });

  it('works on the archive: every trace with an error, one of twenty others', async () => {
    const kept: Planted['change'] = (spans, seq) =>
      seq % 20 === 3 || spans.some(({ status }) => status === 'error') ? spans : [];
    const troubles = during({ 'order-service>inventory-service': { is: 'refused' } });
    expect(await edgesOf({ troubles, change: kept }, 'archive')).toEqual(['order-to-inventory']);
  });

  it('answers none when sampling has kept too little of slow traces to tell', async () => {
    const kept: Planted['change'] = (spans, seq) => (seq % 33 === 3 ? spans : []);
    const troubles = during({ 'order-service>inventory-service': { is: 'late', ms: 400 } });
    expect(await edgesOf({ troubles, change: kept }, 'archive')).toEqual([]);
  });

  it('says that there are no spans', async () => {
    expect(await suspectsOf({ requests: 0 })).toEqual({ table: 'recording', spans: 0, suspects: [] });
  });
});
