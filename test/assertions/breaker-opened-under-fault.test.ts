import { describe, expect, it } from 'vitest';
import { runRecord } from '../evidence/fixture/run.ts';
import {
  healthyRequests,
  type RequestSpec,
  SLOW_ORDERS,
  START_US,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { faultSeq } from './books-fixture.ts';
import {
  ALL_TIMED_OUT,
  breakerWith,
  early,
  isOrder,
  isStripeCall,
  type Order,
  PROBE,
  REFUSED,
  TIMED_OUT,
  times,
  withOrders,
} from './breaker-runs.ts';
import { judgeRun } from './judge-run.ts';

type Span = Tables['recording'][number];
const faultTrace = (order: number): string => traceIdOf(faultSeq(order));

describe('breaker-opened-and-closed under the fault', () => {
  it.each<[string, readonly Order[], string, readonly number[]]>([
    [
      'it opened for one call only',
      [...times(5, TIMED_OUT), REFUSED, ...times(11, TIMED_OUT)],
      'it was not open when it had to be: 4 calls went through and failed more than 1,000 ms after 10 failures in a row; 11 calls went through and failed after it had opened, no probes, without a good answer in between',
      [...Array(11).keys()].map((index) => index + 6),
    ],
    [
      'it opened late',
      [...times(13, TIMED_OUT), ...times(4, REFUSED)],
      'it was not open when it had to be: 1 call went through and failed more than 1,000 ms after 10 failures in a row',
      [12],
    ],
    [
      'one call went through though it was open',
      [...times(5, TIMED_OUT), ...times(5, REFUSED), TIMED_OUT, ...times(6, REFUSED)],
      '1 call went through and failed after it had opened, no probes, without a good answer in between',
      [10],
    ],
    [
      'it never opened',
      times(17, TIMED_OUT),
      'it never opened, though 17 calls failed under the fault: 5 calls went through and failed more than 1,000 ms after 10 failures in a row',
      [12, 13, 14, 15, 16],
    ],
  ])('fails when %s', async (_, orders, because, culprits) => {
    expect(await judgeRun(early, { requests: withOrders('fault', orders) })).toMatchObject({
      verdict: 'fail',
      because,
      examples: culprits.map(faultTrace).sort().slice(0, 10),
    });
  });

  it.each<[string, readonly Order[]]>([
    ['it opened while calls were under way', [...times(12, TIMED_OUT), ...times(5, REFUSED)]],
    [
      'a good answer came between',
      [...times(5, TIMED_OUT), {}, ...times(8, TIMED_OUT), ...times(3, REFUSED)],
    ],
    ['probes fail', [...times(5, TIMED_OUT), REFUSED, PROBE, REFUSED, PROBE, ...times(8, REFUSED)]],
    [
      'a probe succeeded, and it opened again after new failures',
      [...times(5, TIMED_OUT), REFUSED, { breaker: 'half_open' }, TIMED_OUT, TIMED_OUT, ...times(8, REFUSED)],
    ],
  ])('passes when %s', async (_, orders) => {
    expect(await judgeRun(early, { requests: withOrders('fault', orders) })).toMatchObject({
      verdict: 'pass',
    });
  });

  it('passes when it opens within the grace', async () => {
    const requests = withOrders('fault', [...times(13, TIMED_OUT), ...times(4, REFUSED)]);
    const patient = breakerWith({ failuresToOpen: 10, graceMs: 3000 });
    expect((await judgeRun(patient, { requests })).verdict).toBe('pass');
  });

  it.each<[string, (charge: Span, tables: Tables) => void]>([
    [
      'without a state',
      (charge) => {
        charge.attributes = charge.attributes.replace('circuit_breaker.state', 'other');
      },
    ],
    [
      'past the breaker',
      (charge) => {
        charge.name = 'payment.direct';
      },
    ],
    [
      'without the span of the breaker',
      (charge, tables) => {
        tables.recording = tables.recording.filter((span) => span !== charge);
      },
    ],
  ])('fails when a call goes through %s', async (_, change) => {
    const requests = withOrders('fault', [
      ...times(5, TIMED_OUT),
      ...times(5, REFUSED),
      PROBE,
      ...times(6, REFUSED),
    ]);
    expect((await judgeRun(early, { requests })).verdict).toBe('pass');
    const mutate = (tables: Tables) => change(chargeOf(tables, 10), tables);
    expect(await judgeRun(early, { requests, mutate })).toMatchObject({
      verdict: 'fail',
      figures: { failuresAfterOpen: 1 },
      examples: [faultTrace(10)],
    });
  });

  it('leaves out what the service does by itself, and what is delivered twice', async () => {
    const finding = await judgeRun(early);
    const mutate = (tables: Tables) => {
      reconcile(tables);
      tables.recording.push(...tables.recording.map((span) => ({ ...span })));
    };
    expect(await judgeRun(early, { mutate })).toEqual(finding);
  });

  it('counts a call that is tried again as one', async () => {
    const failed = await judgeRun(early, { mutate: retry(({ status }) => status === 'error') });
    expect(failed).toMatchObject({ verdict: 'pass', figures: { failuresUnderFault: SLOW_ORDERS } });
    const mended = await judgeRun(early, { mutate: retry(({ status }) => status !== 'error') });
    expect(mended).toMatchObject({ verdict: 'pass', figures: { goodCallsSinceClosed: 10 }, examples: [] });
  });

  it('is inconclusive when calls fail only after its end', async () => {
    const requests = [
      ...healthyRequests().filter((request) => !isOrder(request) || request.phase !== 'fault'),
      ...[...Array(24).keys()].map((index): RequestSpec => {
        return { route: 'order-create', phase: 'fault', ...TIMED_OUT, atMs: 100 + index * 50 };
      }),
    ];
    const faults = runRecord(0).faults.map((fault) => ({ ...fault, untilUs: (fault.fromUs ?? 0) + 2e6 }));
    expect(await judgeRun(early, { requests, run: { faults } })).toMatchObject({
      verdict: 'inconclusive',
      because:
        'it never opened, and only 0 calls failed under the fault: 10 must make it open, so make the fault phase longer',
      figures: { failuresUnderFault: 24, failuresEndedUnderFault: 0 },
    });
  });

  it('is inconclusive when no call came after so many failures', async () => {
    const fifteen = breakerWith({ failuresToOpen: 15 });
    expect(await judgeRun(fifteen, { requests: ALL_TIMED_OUT })).toMatchObject({
      verdict: 'inconclusive',
      because: 'it never opened, but no call began after 15 had failed in a row: make the fault phase longer',
    });
  });
});

/** The breaker's span in an order of the fault phase. */
function chargeOf(tables: Tables, order: number): Span {
  const span = tables.spansOf(faultSeq(order)).find(({ name }) => name === 'payment.charge');
  if (!span) throw new Error('the fixture recorded no charge');
  return span;
}

/** Work of payment-service's own, whose call to Stripe fails though the breaker is open. */
function reconcile({ recording }: Tables): void {
  const call = recording.find((span) => isStripeCall(span) && span.status === 'error');
  const callee = recording.find(({ parent_id }) => parent_id === call?.span_id);
  if (!call || !callee) throw new Error('the fixture recorded no failed call');
  const own = { trace_id: '7'.repeat(32), start_us: START_US + 40e6, end_us: START_US + 41e6 };
  recording.push(
    {
      ...call,
      ...own,
      span_id: '7'.repeat(16),
      parent_id: null,
      kind: 'internal',
      name: 'payment.reconcile',
    },
    { ...call, ...own, span_id: '8'.repeat(16), parent_id: '7'.repeat(16) },
    { ...callee, ...own, span_id: '9'.repeat(16), parent_id: '8'.repeat(16) },
  );
}

/** Calls to Stripe have a first try, which failed. */
function retry(suits: (call: Span) => boolean): (tables: Tables) => void {
  return ({ recording }) => {
    for (const call of recording.filter((span) => isStripeCall(span) && suits(span)))
      recording.push({
        ...call,
        span_id: `${call.span_id.slice(1)}0`,
        end_us: call.start_us + 10,
        status: 'error',
        http_status: null,
        peer_service: 'stripe-api',
      });
  };
}
