import { describe, expect, it } from 'vitest';
import breakerOpenedAndClosed from '../../assertions/breaker-opened-and-closed.ts';
import {
  healthyRequests,
  type RequestSpec,
  type RunSpec,
  SLOW_ORDERS,
  type Tables,
} from '../evidence/fixture.ts';
import { changed, judgeRun } from './judge-run.ts';

const options = { edge: 'payment-to-stripe', span: 'payment.charge' };
const breaker = breakerOpenedAndClosed.with(options);
const isOrder = ({ route }: RequestSpec): boolean => route === 'order-create';
const inRecovery = (request: RequestSpec): boolean => isOrder(request) && request.phase === 'recovery';
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
        lastState: 'closed',
      },
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
      'only 17 calls failed under the fault: 20 must',
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
