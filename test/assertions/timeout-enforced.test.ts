import { describe, expect, it } from 'vitest';
import timeoutEnforced from '../../assertions/timeout-enforced.ts';
import {
  healthyRequests,
  type RequestSpec,
  SLOW_ORDERS,
  type Tables,
  traceIdOf,
} from '../evidence/fixture.ts';
import { changed, changedReads, judgeRun } from './judge-run.ts';

const enforced = timeoutEnforced.with({ edge: 'payment-to-stripe', timeoutMs: 3000 });
const failed = healthyRequests().flatMap(({ outcome }, seq) => (outcome === 'error' ? [seq] : []));
const firstFailed = failed[0] ?? -1;

describe('timeout-enforced', () => {
  it('passes when calls end at the time-out', async () => {
    const finding = await judgeRun(enforced);
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected: 'no call on payment-to-stripe beyond 3,000 + 250 ms',
      figures: { reachedTimeout: SLOW_ORDERS, overTimeout: 0, longestMs: 3000 },
    });
    expect(finding.observed).toContain('3,000 ms; 5 reached the time-out');
    expect(finding).toMatchObject({ figures: { unaccountedFor: 0 }, examples: [] });
  });

  it('fails when one call lasts longer', async () => {
    const finding = await judgeRun(enforced, {
      mutate: (tables) => lengthen(tables, 3_251_000),
    });
    expect(finding).toMatchObject({
      verdict: 'fail',
      figures: { overTimeout: 1, longestMs: 3251 },
      examples: [traceIdOf(firstFailed)],
    });
  });

  it('passes within the grace', async () => {
    const finding = await judgeRun(enforced, { mutate: (tables) => lengthen(tables, 3_249_000) });
    expect(finding.verdict).toBe('pass');
  });

  it('is inconclusive when no call came near the time-out', async () => {
    const requests = changed(({ outcome }) => outcome === 'error', { latencyMs: 60 });
    const finding = await judgeRun(enforced, { requests });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('not tested'),
    });
  });

  it('is inconclusive when each call was answered before it reached the time-out', async () => {
    const isFaultOrder = ({ route, phase }: RequestSpec) => route === 'order-create' && phase === 'fault';
    const requests = changed(isFaultOrder, { outcome: 'ok', latencyMs: 2900 });
    expect(await judgeRun(enforced, { requests })).toMatchObject({
      verdict: 'inconclusive',
      figures: { reachedTimeout: 0, longestMs: 2869 },
      because: 'no call reached the time-out in the fault phase, so it was not tested',
    });
  });

  it.each(['baseline', 'recovery'] as const)('does not count what reaches it in the %s', async (phase) => {
    const requests = healthyRequests().map((request) => {
      if (request.route !== 'order-create') return request;
      if (request.phase === 'fault') return { ...request, latencyMs: 60 };
      return request.phase === phase ? { ...request, outcome: 'error' as const, latencyMs: 3060 } : request;
    });
    expect(await judgeRun(enforced, { requests })).toMatchObject({
      verdict: 'inconclusive',
      figures: { reachedTimeout: 0 },
    });
  });

  it('is inconclusive when calls may never have ended', async () => {
    expect(await judgeRun(enforced, { mutate: hang(3) })).toMatchObject({
      verdict: 'inconclusive',
      figures: { reachedTimeout: SLOW_ORDERS - 3, unaccountedFor: 3 },
      examples: failed.slice(0, 3).map(traceIdOf).sort(),
      because:
        '3 calls to payment-service got no answer, and it recorded nothing of them: a call that never ends would leave no span',
    });
  });

  it('fails when a call lasts longer and others may never have ended', async () => {
    const mutate = (tables: Tables) => {
      lengthen(tables, 3_251_000);
      hang(3, 1)(tables);
    };
    const finding = await judgeRun(enforced, { mutate });
    expect(finding.verdict).toBe('fail');
    expect(finding.examples[0]).toBe(traceIdOf(firstFailed));
  });

  it('counts the requests of the client where the caller is the entry', async () => {
    const entry = timeoutEnforced.with({ edge: 'gateway-to-inventory', timeoutMs: 3000 });
    const requests = changedReads('fault', 2, { status: 0, recorded: 'none', archived: 'absent' });
    expect(await judgeRun(entry, { requests })).toMatchObject({
      verdict: 'inconclusive',
      figures: { unaccountedFor: 2 },
      examples: [115, 117].map(traceIdOf).sort(),
    });
    const answered = changedReads('fault', 2, { status: 0 });
    expect((await judgeRun(entry, { requests: answered })).figures['unaccountedFor']).toBe(0);
    const withoutLedger = await judgeRun(entry, { requests, without: ['ledger', 'archive'] });
    expect(withoutLedger.figures['unaccountedFor']).toBe(0);
  });

  it('counts a call once, however often it was delivered', async () => {
    const mutate = (tables: Tables) => {
      lengthen(tables, 3_251_000);
      tables.recording.push(...tables.recording.map((span) => ({ ...span })));
    };
    expect(await judgeRun(enforced, { mutate })).toMatchObject({
      verdict: 'fail',
      figures: { overTimeout: 1, reachedTimeout: SLOW_ORDERS },
      examples: [traceIdOf(firstFailed)],
    });
  });

  it.each<[string, (tables: Tables) => void, string]>([
    ['the machine was saturated', saturate, 'the machine was saturated in the phase baseline (2 % idle)'],
    ['the generator lagged', lag, 'the generator lagged in the phase recovery (p99 101 ms above 100 ms)'],
    [
      'no gauge says how busy the machine was',
      ({ gauges }) => void gauges.splice(0),
      'no gauge says how busy the machine was in the phase baseline',
    ],
  ])('is inconclusive, not failed, when a call lasts longer and %s', async (_, blame, because) => {
    const finding = await judgeRun(enforced, {
      mutate(tables) {
        lengthen(tables, 3_260_000);
        blame(tables);
      },
    });
    expect(finding).toMatchObject({ verdict: 'inconclusive', examples: [traceIdOf(firstFailed)] });
    expect(finding.because).toMatch(/^1 call lasted longer: .*; but /);
    expect(finding.because).toContain(because);
    expect((await judgeRun(enforced, { mutate: blame })).verdict).toBe('pass');
  });

  it('is inconclusive without calls', async () => {
    const requests = healthyRequests().filter(({ route }) => route !== 'order-create');
    expect(await judgeRun(enforced, { requests })).toMatchObject({
      verdict: 'inconclusive',
      observed: 'no calls',
    });
  });

  it('rejects an edge that does not exist', async () => {
    const wrong = timeoutEnforced.with({ edge: 'payment-to-bank', timeoutMs: 3000 });
    await expect(judgeRun(wrong)).rejects.toThrow(/no edge 'payment-to-bank'. It has: gateway-to-auth/);
  });
});

/** Makes the first call that Stripe did not answer last so long. */
function lengthen(tables: Tables, us: number): void {
  const call = tables
    .spansOf(firstFailed)
    .find(({ service, kind }) => service === 'payment-service' && kind === 'client');
  if (!call) throw new Error('the fixture recorded no call to Stripe');
  call.end_us = call.start_us + us;
}

/** Calls to Stripe that never end: neither payment's spans nor Stripe's are exported, and order-service gave up. */
function hang(amount: number, from = 0): (tables: Tables) => void {
  return (tables) => {
    const traces = failed.slice(from, from + amount).map(traceIdOf);
    const isGone = ({ service, trace_id }: Tables['recording'][number]) =>
      traces.includes(trace_id) && ['payment-service', 'stripe-api'].includes(service);
    tables.recording = tables.recording.filter((span) => !isGone(span));
    tables.archive = tables.archive.filter((span) => !isGone(span));
    for (const span of tables.recording)
      if (traces.includes(span.trace_id) && span.peer_service === 'payment-service') span.http_status = null;
  };
}

function saturate({ gauges }: Tables): void {
  const start = gauges[0]?.at_us ?? 0;
  for (const row of gauges.filter(({ metric }) => metric === 'cpu_seconds')) {
    const second = (row.at_us - start) / 1e6;
    if (row.labels.includes('busy')) row.value = second * 1.96;
    if (row.labels.includes('idle')) row.value = second * 0.04;
  }
}

function lag({ ledger }: Tables): void {
  for (const row of ledger)
    if (row.phase === 'recovery' && row.due_us !== null) row.sent_us = row.due_us + 101_000;
}
