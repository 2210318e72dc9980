import { describe, expect, it } from 'vitest';
import breakerOpenedAndClosed from '../../assertions/breaker-opened-and-closed.ts';
import { runRecord } from '../evidence/fixture/run.ts';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  SLOW_ORDERS,
  START_US,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { changed, judgeRun } from './judge-run.ts';

const options = { edge: 'payment-to-stripe', span: 'payment.charge' };
const breaker = breakerOpenedAndClosed.with(options);
const isOrder = ({ route }: RequestSpec): boolean => route === 'order-create';
const inRecovery = (request: RequestSpec): boolean => isOrder(request) && request.phase === 'recovery';
const early = breakerOpenedAndClosed.with({ ...options, failuresToOpen: 10 });

type FaultOrder = Partial<RequestSpec>;
const TIMED_OUT: FaultOrder = { outcome: 'error', latencyMs: 3060, breaker: 'closed' };
const REFUSED: FaultOrder = { outcome: 'error', latencyMs: 60, breaker: 'open' };
const PROBE: FaultOrder = { outcome: 'error', latencyMs: 3060, breaker: 'half_open' };
const AFTER = START_US + 50e6;
const FAULT_ORDERS = healthyRequests().flatMap((request, seq) =>
  isOrder(request) && request.phase === 'fault' ? [seq] : [],
);
const faultTrace = (order: number): string => traceIdOf(FAULT_ORDERS[order] ?? -1);

const times = (amount: number, order: FaultOrder): FaultOrder[] => Array(amount).fill(order);

/** The healthy requests, with the orders of a phase as they are given. */
function withOrders(phase: RequestSpec['phase'], orders: readonly FaultOrder[]): RequestSpec[] {
  const left = [...orders];
  return healthyRequests().map((request) =>
    isOrder(request) && request.phase === phase ? { route: request.route, phase, ...left.shift() } : request,
  );
}

const allTimedOut = changed(({ outcome }) => outcome === 'error', { latencyMs: 3060, breaker: 'closed' });

describe('breaker-opened-and-closed', () => {
  it('passes when it opened under the fault and closed after it', async () => {
    const finding = await judgeRun(breaker);
    expect(finding).toMatchObject({
      verdict: 'pass',
      figures: {
        failuresUnderFault: SLOW_ORDERS,
        shortCircuited: 12,
        openBeforeFault: 0,
        failuresBeforeOpen: 4,
        lateFailures: 0,
        failuresAfterOpen: 0,
        callsSinceClosed: 10,
        goodCallsSinceClosed: 10,
        lastState: 'closed',
      },
      examples: [],
    });
    expect(finding.figures['openedAfterMs']).toBeGreaterThan(0);
    expect(finding.figures['closedAfterMs']).toBeGreaterThan(0);
    expect(finding.observed).toMatch(/^opened [\d,]+ ms after the fault began, after \d failures/);
  });

  it.each<[string, RunSpec, string]>([
    [
      'it never opened though enough calls failed',
      { requests: allTimedOut },
      'it never opened, though 17 calls failed',
    ],
    [
      'it stayed open until the end',
      { requests: changed(inRecovery, { outcome: 'error', latencyMs: 60, breaker: 'open' }) },
      "it did not close again: its last state is 'open'",
    ],
    ['it closed, but calls go on failing', { mutate: failAfterFault }, 'no call has had a good answer since'],
  ])('fails when %s', async (_, spec, because) => {
    const finding = await judgeRun(breakerOpenedAndClosed.with({ ...options, failuresToOpen: 10 }), spec);
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain(because);
  });

  it.each<[string, RunSpec, string]>([
    [
      'too few calls failed to make it open',
      { requests: allTimedOut },
      'only 15 calls failed under the fault: 20 must make it open',
    ],
    [
      'its state was never recorded',
      { requests: healthyRequests().filter((request) => !isOrder(request)) },
      "no span 'payment.charge' carries",
    ],
    ['no fault was in force', { run: { faults: [] } }, 'no fault was in force on payment-to-stripe'],
  ])('is inconclusive when %s', async (_, spec, because) => {
    const finding = await judgeRun(breaker, spec);
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain(because);
  });

  describe('under the fault', () => {
    it.each<[string, readonly FaultOrder[], string, readonly number[]]>([
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

    it.each<[string, readonly FaultOrder[]]>([
      ['it opened while calls were under way', [...times(12, TIMED_OUT), ...times(5, REFUSED)]],
      [
        'a good answer came between',
        [...times(5, TIMED_OUT), {}, ...times(8, TIMED_OUT), ...times(3, REFUSED)],
      ],
      ['probes fail', [...times(5, TIMED_OUT), REFUSED, PROBE, REFUSED, PROBE, ...times(8, REFUSED)]],
      [
        'a probe succeeded, and it opened again after new failures',
        [
          ...times(5, TIMED_OUT),
          REFUSED,
          { breaker: 'half_open' },
          TIMED_OUT,
          TIMED_OUT,
          ...times(8, REFUSED),
        ],
      ],
    ])('passes when %s', async (_, orders) => {
      expect(await judgeRun(early, { requests: withOrders('fault', orders) })).toMatchObject({
        verdict: 'pass',
      });
    });

    it('passes when it opens within the grace', async () => {
      const requests = withOrders('fault', [...times(13, TIMED_OUT), ...times(4, REFUSED)]);
      const patient = breakerOpenedAndClosed.with({ ...options, failuresToOpen: 10, graceMs: 3000 });
      expect((await judgeRun(patient, { requests })).verdict).toBe('pass');
    });

    it.each<[string, (tables: Tables) => void]>([
      ['without a state', strip],
      ['past the breaker', rename],
      ['without the span of the breaker', drop],
    ])('fails when a call goes through %s', async (_, mutate) => {
      const requests = withOrders('fault', [
        ...times(5, TIMED_OUT),
        ...times(5, REFUSED),
        PROBE,
        ...times(6, REFUSED),
      ]);
      expect((await judgeRun(early, { requests })).verdict).toBe('pass');
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
      const [fault] = runRecord(0).faults;
      const { fromUs = 0 } = fault ?? {};
      const run = { faults: fault ? [{ ...fault, untilUs: fromUs + 2e6 }] : [] };
      expect(await judgeRun(early, { requests, run })).toMatchObject({
        verdict: 'inconclusive',
        because:
          'it never opened, and only 0 calls failed under the fault: 10 must make it open, so make the fault phase longer',
        figures: { failuresUnderFault: 24, failuresEndedUnderFault: 0 },
      });
    });

    it('is inconclusive when no call came after so many failures', async () => {
      const fifteen = breakerOpenedAndClosed.with({ ...options, failuresToOpen: 15 });
      expect(await judgeRun(fifteen, { requests: allTimedOut })).toMatchObject({
        verdict: 'inconclusive',
        because:
          'it never opened, but no call began after 15 had failed in a row: make the fault phase longer',
      });
    });
  });

  it('fails when it was open before the fault, but not when that was in the warm-up', async () => {
    const seq = healthyRequests().findIndex(isOrder);
    const requests = (phase: RequestSpec['phase']) =>
      changed((_, index) => index === seq, { outcome: 'error', breaker: 'open', phase });
    const finding = await judgeRun(breaker, { requests: requests('baseline') });
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: 'it was open for 1 call before the fault began: look for what makes it open',
      figures: { openBeforeFault: 1, shortCircuited: 12 },
      examples: [traceIdOf(seq)],
    });
    expect(finding.figures['openedAfterMs']).toBeGreaterThan(0);
    expect((await judgeRun(breaker, { requests: requests('warmup') })).verdict).toBe('pass');
  });

  describe('after the fault', () => {
    it('fails when only probes go through in the end', async () => {
      const requests = withOrders('recovery', [{}, ...times(10, { breaker: 'half_open' })]);
      expect(await judgeRun(breaker, { requests })).toMatchObject({
        verdict: 'fail',
        because: "it did not close again: its last state is 'half_open'. Look at its half-open delay",
      });
    });

    it('fails when it closes too late', async () => {
      const requests = withOrders('recovery', [...times(6, REFUSED), ...times(5, {})]);
      expect(await judgeRun(breaker, { requests })).toMatchObject({
        verdict: 'fail',
        because: expect.stringMatching(
          /^it closed 11,\d+ ms after the fault, allowed 10 s: look at its half-open delay$/,
        ),
      });
      const patient = breakerOpenedAndClosed.with({ ...options, closeWithinS: 12 });
      expect((await judgeRun(patient, { requests })).verdict).toBe('pass');
    });

    it.each([
      [3, 'pass'],
      [4, 'fail'],
      [9, 'fail'],
    ] as const)('when %i of 10 calls fail since it closed: %s', async (bad, verdict) => {
      const finding = await judgeRun(breaker, { mutate: (tables) => failInRecovery(tables, bad) });
      expect(finding.verdict).toBe(verdict);
      expect(finding.examples).toHaveLength(bad);
      if (bad === 9)
        expect(finding.because).toBe(
          'it closed again, but only 10 % of 10 calls since had a good answer, 95 % are needed',
        );
    });

    it('is inconclusive when the load ended soon after it', async () => {
      const order: RequestSpec = { route: 'order-create', phase: 'recovery', ...REFUSED, atMs: 500 };
      const requests = [...healthyRequests().filter(({ phase }) => phase !== 'recovery'), order];
      expect(await judgeRun(breaker, { requests })).toMatchObject({
        verdict: 'inconclusive',
        because:
          'it was not closed again, but it was seen for 0.5 s only after the fault, and may take 10 s: make the recovery phase longer',
      });
    });

    it('is inconclusive when no call was made since it closed', async () => {
      const mutate = (tables: Tables) => {
        tables.recording = tables.recording.filter((span) => !isStripeCall(span) || span.start_us < AFTER);
      };
      expect(await judgeRun(breaker, { mutate })).toMatchObject({
        verdict: 'inconclusive',
        because: 'it closed again, but 0 calls since then say nothing: make the recovery phase longer',
      });
    });
  });

  it('reads the attribute and the states that its options name', async () => {
    const renamed = breakerOpenedAndClosed.with({
      ...options,
      attribute: 'cb',
      open: 'OPEN',
      closed: 'SHUT',
    });
    const finding = await judgeRun(renamed, {
      mutate({ recording }) {
        for (const span of recording) {
          span.attributes = span.attributes
            .replace('"circuit_breaker.state":"open"', '"cb":"OPEN"')
            .replace(/"circuit_breaker.state":"\w+"/, '"cb":"SHUT"');
        }
      },
    });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { shortCircuited: 12 } });
  });
});

/** The last calls to Stripe end with an error of the server. */
function failAfterFault({ recording }: Tables): void {
  const end = Math.max(...recording.map(({ start_us }) => start_us)) - 21e6;
  for (const span of recording) {
    if (span.service === 'payment-service' && span.kind === 'client' && span.start_us > end) {
      span.http_status = 500;
    }
  }
}

/** Makes the first calls to Stripe since the breaker closed end with an error of the server. */
function failInRecovery({ recording }: Tables, amount: number): void {
  const calls = recording.filter((span) => isStripeCall(span) && span.start_us > AFTER);
  for (const span of calls.toSorted((a, b) => a.start_us - b.start_us).slice(1, 1 + amount))
    span.http_status = 500;
}

function isStripeCall({ service, kind }: Tables['recording'][number]): boolean {
  return service === 'payment-service' && kind === 'client';
}

function chargeOf({ recording }: Tables, order: number): Tables['recording'][number] {
  const span = recording.find(
    ({ trace_id, name }) => trace_id === faultTrace(order) && name === 'payment.charge',
  );
  if (!span) throw new Error('the fixture recorded no charge');
  return span;
}

function strip(tables: Tables): void {
  const span = chargeOf(tables, 10);
  span.attributes = span.attributes.replace('circuit_breaker.state', 'other');
}

function rename(tables: Tables): void {
  chargeOf(tables, 10).name = 'payment.direct';
}

function drop(tables: Tables): void {
  const span = chargeOf(tables, 10);
  tables.recording = tables.recording.filter((each) => each !== span);
}

/** Work of payment-service's own, whose call to Stripe fails though the breaker is open. */
function reconcile({ recording }: Tables): void {
  const call = recording.find((span) => isStripeCall(span) && span.status === 'error');
  const callee = recording.find(({ parent_id }) => parent_id === call?.span_id);
  if (!call || !callee) throw new Error('the fixture recorded no failed call');
  const own = { trace_id: '7'.repeat(32), start_us: AFTER - 10e6, end_us: AFTER - 9e6 };
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
function retry(suits: (call: Tables['recording'][number]) => boolean): (tables: Tables) => void {
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
