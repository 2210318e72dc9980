import { describe, expect, it } from 'vitest';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  SLOW_ORDERS,
  START_US,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import {
  ALL_TIMED_OUT,
  breakerWith,
  early,
  isOrder,
  isStripeCall,
  REFUSED,
  times,
  withOrders,
} from './breaker-runs.ts';
import { changed, judgeRun } from './judge-run.ts';

const breaker = breakerWith();
const AFTER = START_US + 50e6;

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
      { requests: ALL_TIMED_OUT },
      'it never opened, though 17 calls failed',
    ],
    [
      'it stayed open until the end',
      { requests: withOrders('recovery', times(11, REFUSED)) },
      "it did not close again: its last state is 'open'",
    ],
    ['it closed, but calls go on failing', { mutate: failAfterFault }, 'no call has had a good answer since'],
  ])('fails when %s', async (_, spec, because) => {
    const finding = await judgeRun(early, spec);
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain(because);
  });

  it.each<[string, RunSpec, string]>([
    [
      'too few calls failed to make it open',
      { requests: ALL_TIMED_OUT },
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
      const patient = breakerWith({ closeWithinS: 12 });
      expect((await judgeRun(patient, { requests })).verdict).toBe('pass');
    });

    it.each([
      [3, 'pass'],
      [4, 'fail'],
      [9, 'fail'],
    ] as const)('when %i of 10 calls fail since it closed: %s', async (bad, verdict) => {
      const finding = await judgeRun(breaker, { mutate: (tables) => failAfterFault(tables, 1, 1 + bad) });
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
    const renamed = breakerWith({ attribute: 'cb', open: 'OPEN', closed: 'SHUT' });
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

/** The calls to Stripe after the fault, in their order all or a slice of them, end with an error of the server. */
function failAfterFault({ recording }: Tables, first = 0, end = Number.POSITIVE_INFINITY): void {
  const calls = recording.filter((span) => isStripeCall(span) && span.start_us > AFTER);
  for (const span of calls.toSorted((a, b) => a.start_us - b.start_us).slice(first, end))
    span.http_status = 500;
}
