import { describe, expect, it } from 'vitest';
import retriesBounded from '../../assertions/retries-bounded.ts';
import type { BoundAssertion, SpanRow } from '../../harness/contracts.ts';
import type { Mutable } from '../evidence/fixture/tables.ts';
import { healthyRequests, SLOW_ORDERS, START_US, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { changed, judgeRun, ordersOf } from './judge-run.ts';

const EDGE = 'payment-to-stripe';
const orders = ordersOf('baseline');
/** The orders that reach Stripe under the fault. */
const slow = ordersOf('fault').slice(0, SLOW_ORDERS);
const seq = slow[0] ?? 0;

describe('retries-bounded', () => {
  it('passes when each call is made once', async () => {
    expect(await judgeRun(bounded(1, 1, 0))).toMatchObject({
      verdict: 'pass',
      expected: `${EDGE} amplification <= 1, no attempt group of more than 1 call (slack 0 calls)`,
      observed: `${EDGE} amplification 1, 1 in the fault phase, longest group 1`,
      figures: {
        [`${EDGE}.calls`]: 27,
        [`${EDGE}.groups`]: 27,
        [`${EDGE}.amplification`]: 1,
        [`${EDGE}.faultCalls`]: SLOW_ORDERS,
        [`${EDGE}.faultGroups`]: SLOW_ORDERS,
        [`${EDGE}.faultAmplification`]: 1,
        [`${EDGE}.longestGroup`]: 1,
        [`${EDGE}.groupsTooLong`]: 0,
      },
      examples: [],
    });
  });

  it('fails when the calls multiply under the fault, though not over the whole run', async () => {
    const finding = await judgeRun(bounded(1.5, 2, 2), { mutate: (tables) => repeat(tables, slow) });
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: `${EDGE} has 10 calls for 5 attempt groups in the fault phase, 2 each, allowed 1.5: give its retries a budget`,
      figures: { [`${EDGE}.amplification`]: 1.185, [`${EDGE}.faultAmplification`]: 2 },
      examples: slow.map(traceIdOf),
    });
  });

  it('fails when they multiply outside the fault', async () => {
    const finding = await judgeRun(bounded(1.3, 2, 0), { mutate: (tables) => repeat(tables, orders) });
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: `${EDGE} has 38 calls for 27 attempt groups over all measured phases, 1.41 each, allowed 1.3: give its retries a budget`,
    });
    expect(finding.examples).toEqual(orders.slice(0, 10).map(traceIdOf));
  });

  it('passes just within the slack', async () => {
    const finding = await judgeRun(bounded(1.5, 2, 3), { mutate: (tables) => repeat(tables, slow) });
    expect(finding.verdict).toBe('pass');
  });

  it('fails when one group has more attempts than allowed, and shows it first', async () => {
    const mutate = (tables: Tables): void => {
      repeat(tables, [seq], 3);
      repeat(tables, orders.slice(0, 2), 1);
    };
    expect(await judgeRun(bounded(2, 4), { mutate })).toMatchObject({ verdict: 'pass' });
    expect(await judgeRun(bounded(2, 3), { mutate })).toMatchObject({
      verdict: 'fail',
      because: `${EDGE} has 1 attempt group of more than 3 calls, the longest of 4: limit its attempts`,
      figures: { [`${EDGE}.longestGroup`]: 4, [`${EDGE}.groupsTooLong`]: 1 },
      examples: [seq, ...orders.slice(0, 2)].map(traceIdOf),
    });
  });

  it('shows the traces of the edge that fails before those of others', async () => {
    const finding = await judgeRun(
      retriesBounded.with({
        edges: {
          'gateway-to-order': { maxAmplification: 9, maxAttempts: 9 },
          [EDGE]: { maxAmplification: 9, maxAttempts: 1 },
        },
      }),
      {
        mutate(tables) {
          repeat(tables, [seq], 1);
          repeat(tables, orders, 5, 'api-gateway', 'POST', 'order-service');
        },
      },
    );
    expect(finding.verdict).toBe('fail');
    expect(finding.examples.slice(0, 2)).toEqual([traceIdOf(seq), traceIdOf(orders[0] ?? 0)]);
  });

  it.each<[string, (copy: Mutable<SpanRow>) => void]>([
    ['another path', (copy) => Object.assign(copy, { url_path: '/v1/refunds' })],
    ['another parent', (copy) => Object.assign(copy, { parent_id: 'abcdefabcdefabcd' })],
    ['another method', (copy) => Object.assign(copy, { attributes: '{"http.request.method":"GET"}' })],
  ])('does not take a call of %s for another attempt', async (_, change) => {
    const finding = await judgeRun(bounded(1, 1, 0), {
      mutate: (tables) => repeat(tables, slow, 1).forEach(change),
    });
    expect(finding.figures).toMatchObject({ [`${EDGE}.longestGroup`]: 1, [`${EDGE}.calls`]: 32 });
    expect(finding.verdict).toBe('pass');
  });

  it.each<[string, Partial<SpanRow>]>([
    ['no parent', { parent_id: null }],
    ['no method', { attributes: '{"peer.service":"stripe-api"}' }],
  ])('counts attempts of which %s is recorded', async (_, change) => {
    const finding = await judgeRun(bounded(2, 2), {
      mutate(tables) {
        for (const copy of repeat(tables, [seq], 3)) Object.assign(copy, change);
      },
    });
    expect(finding).toMatchObject({ verdict: 'fail', examples: [traceIdOf(seq)] });
  });

  it('does not count a span that was exported twice', async () => {
    const finding = await judgeRun(bounded(1, 1, 0), {
      mutate: (tables) => void tables.recording.push(...tables.recording.map((span) => ({ ...span }))),
    });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { [`${EDGE}.calls`]: 27 } });
  });

  it('counts a group with all its calls where it began', async () => {
    const finding = await judgeRun(bounded(1, 9, 0), {
      mutate(tables) {
        for (const copy of repeat(tables, [orders[0] ?? 0], 3)) copy.start_us = START_US + 25e6;
      },
    });
    expect(finding.figures).toMatchObject({ [`${EDGE}.calls`]: 30, [`${EDGE}.faultCalls`]: SLOW_ORDERS });
  });

  it('leaves the warm-up out', async () => {
    const requests = changed((_, index) => index < 20, { phase: 'warmup' });
    const finding = await judgeRun(bounded(1, 1, 0), { requests, mutate: (tables) => repeat(tables, [5]) });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { [`${EDGE}.calls`]: 25 } });
  });

  it('is inconclusive without a call, of which one edge suffices', async () => {
    const requests = healthyRequests().filter(({ route }) => route !== 'order-create');
    const both = retriesBounded.with({
      edges: {
        [EDGE]: { maxAmplification: 1, maxAttempts: 1 },
        'gateway-to-auth': { maxAmplification: 1, maxAttempts: 1 },
      },
    });
    const finding = await judgeRun(both, { requests });
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      because: `no call on ${EDGE} in the measured phases, so nothing was tested`,
      figures: { [`${EDGE}.amplification`]: null },
    });
    expect(finding.observed).toContain(`${EDGE} no call`);
  });

  it('is inconclusive without a call under the fault', async () => {
    const requests = healthyRequests().filter(
      ({ route, phase }) => route !== 'order-create' || phase !== 'fault',
    );
    expect(await judgeRun(bounded(1, 1), { requests })).toMatchObject({
      verdict: 'inconclusive',
      because: `no call on ${EDGE} in the fault phase, so its retries were not tested`,
    });
  });

  it('says nothing of an edge that may be idle and is, unless nothing else was called either', async () => {
    const requests = healthyRequests().filter(({ route }) => route !== 'order-create');
    const limits = { maxAmplification: 1, maxAttempts: 1 };
    const idle = { [EDGE]: { ...limits, mayBeIdle: true } };
    const one = retriesBounded.with({ edges: { 'gateway-to-inventory': limits, ...idle } });
    expect(await judgeRun(one, { requests })).toMatchObject({
      verdict: 'pass',
      figures: { [`${EDGE}.calls`]: 0 },
    });
    expect(await judgeRun(retriesBounded.with({ edges: idle }), { requests })).toMatchObject({
      verdict: 'inconclusive',
      because: `no call on ${EDGE} in the measured phases, so nothing was tested`,
    });
  });

  it('fails for an edge that may be idle, and is not', async () => {
    const idle = { [EDGE]: { maxAmplification: 1.5, maxAttempts: 2, mayBeIdle: true } };
    const finding = await judgeRun(retriesBounded.with({ edges: idle, slackCalls: 2 }), {
      mutate: (tables) => repeat(tables, slow),
    });
    expect(finding.verdict).toBe('fail');
  });

  it('rejects an edge that does not exist, one to the database, and none at all', async () => {
    const limits = { maxAmplification: 1, maxAttempts: 1 };
    const wrong = retriesBounded.with({ edges: { 'payment-to-bank': limits } });
    await expect(judgeRun(wrong)).rejects.toThrow(/no edge 'payment-to-bank'.*Set the option 'edges'/);
    const database = retriesBounded.with({ edges: { 'order-to-database': limits } });
    await expect(judgeRun(database)).rejects.toThrow('retries cannot be told from other statements');
    expect(() => retriesBounded.with({ edges: {} })).toThrow('name an edge');
  });
});

function bounded(maxAmplification: number, maxAttempts: number, slackCalls?: number): BoundAssertion {
  const edges = { [EDGE]: { maxAmplification, maxAttempts } };
  return retriesBounded.with(slackCalls === undefined ? { edges } : { edges, slackCalls });
}

/** Records the call to Stripe of these requests so many times more; returns the new spans. */
function repeat(
  tables: Tables,
  seqs: readonly number[],
  times = 1,
  caller = 'payment-service',
  name = 'POST',
  callee = 'stripe-api',
): Mutable<SpanRow>[] {
  return seqs.flatMap((each) => {
    const call = tables
      .spansOf(each)
      .find((span) => span.service === caller && span.name === name && span.peer_service === callee);
    if (!call) throw new Error(`request ${each} has no call to ${callee}`);
    return Array.from({ length: times }, (_, index) => {
      const copy = { ...call, span_id: `00000000${call.span_id.slice(0, 6)}${index + 10}` };
      tables.recording.push(copy);
      return copy;
    });
  });
}
