import { describe, expect, it } from 'vitest';
import factory, { latency } from '../../faults/latency.ts';
import type { FaultWindow, Proof } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';
import {
  healthyRequests,
  makeRun,
  PHASES,
  type RequestSpec,
  type RunSpec,
  type Tables,
} from '../evidence/fixture.ts';
import { testToxics } from './on-proxy.ts';

const fault = latency({ latencyMs: 3750 });

describe('latency: parameters', () => {
  it('says what it does', () => {
    expect(fault).toMatchObject({
      id: 'latency',
      title: 'latency of 3750 ms',
      parameters: { latencyMs: 3750, jitterMs: 0 },
    });
    expect(latency({ latencyMs: 500, jitterMs: 50 }).title).toBe('latency of 500 ± 50 ms');
  });

  it('comes back from the parameters that it stores', () => {
    const again = factory(latency({ latencyMs: 500, jitterMs: 50 }).parameters);
    expect(again.title).toBe('latency of 500 ± 50 ms');
  });

  it.each([
    [{}, 'latencyMs is NaN'],
    [{ latencyMs: 0 }, 'latencyMs is 0; allowed: a whole number of milliseconds, 1 to 600000'],
    [{ latencyMs: 2.5 }, 'latencyMs is 2.5'],
    [{ latencyMs: 700_000 }, 'latencyMs is 700000'],
    [{ latencyMs: 100, jitterMs: 100 }, 'jitterMs is 100; allowed: a whole number of milliseconds, 0 to 99'],
    [{ latencyMs: 100, jiterMs: 5 }, 'no parameter jiterMs. It has: latencyMs (needed), jitterMs'],
  ])('rejects %j', (parameters, message) => {
    const wrong = (): unknown => factory(parameters);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(message);
  });
});

describe('latency: on a proxy', () => {
  testToxics(fault, [
    {
      name: 'chaoscope-latency',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 3750, jitter: 0 },
    },
  ]);
});

describe('latency: its proof', () => {
  it('holds when calls wait until the caller gives up, and are as usual afterwards', async () => {
    const proof = await proved();
    expect(proof).toMatchObject({
      held: true,
      expected: 'answers no sooner than 3,375 ms while it was in force, as usual before and after',
      figures: { callsInside: 5, slowCallsInside: 5, insideP50Ms: 3000 },
    });
    expect(proof.observed).toMatch(/^5 of 5 calls slow, median 3,000 ms; before \d+ ms, after \d+ ms$/);
  });

  it('holds when calls are answered after the latency', async () => {
    const requests = orders('fault', { outcome: 'slow', latencyMs: 3900 });
    expect(await proved({ requests })).toMatchObject({ held: true, figures: { slowCallsInside: 15 } });
  });

  it.each<[string, RunSpec, string]>([
    [
      'no call was made',
      { requests: orders('fault', { latencyMs: 60, outcome: 'error' }) },
      'no calls while it was in force',
    ],
    [
      'answers came sooner',
      { requests: orders('fault', { outcome: 'slow', latencyMs: 3000 }) },
      '0 of 15 calls slow',
    ],
    [
      'calls were refused at once',
      { requests: orders('fault', { outcome: 'error', latencyMs: 3060 }), mutate: refuse },
      '0 of 17 calls slow',
    ],
    ['a fifth of the calls was not slow', { requests: someFast() }, '12 of 16 calls slow'],
    ['the edge is always that slow', { requests: allSlow() }, 'calls slow'],
    [
      'the edge stays slow afterwards',
      { requests: orders('recovery', { outcome: 'slow', latencyMs: 3900 }) },
      'after 3,869 ms',
    ],
    ['no call was made afterwards', { requests: withoutRecoveryOrders() }, 'after no calls'],
  ])('does not hold when %s', async (_, spec, observed) => {
    const proof = await proved(spec);
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });

  it('needs no call afterwards when the load ended with the fault', async () => {
    const requests = healthyRequests().filter(({ phase }) => phase !== 'recovery');
    const run = { phases: PHASES.filter(({ name }) => name !== 'recovery') };
    const proof = await proved({ requests, run });
    expect(proof).toMatchObject({
      held: true,
      observed: expect.stringContaining('after no time left for calls'),
    });
  });
});

async function proved(spec: RunSpec = {}): Promise<Proof> {
  const run = await makeRun(spec);
  try {
    const edge = run.run.system.edges.find(({ id }) => id === 'payment-to-stripe');
    const [{ fromUs = 0, untilUs = 0 } = {}] = run.run.faults;
    if (!edge) throw new Error('the fixture has no edge payment-to-stripe');
    const window: FaultWindow = { edge, fromUs, untilUs };
    const evidence = await run.open();
    return await fault.proof(evidence, window);
  } finally {
    run.remove();
  }
}

function orders(phase: RequestSpec['phase'], change: Partial<RequestSpec>): RequestSpec[] {
  return healthyRequests().map((request) =>
    request.route === 'order-create' && request.phase === phase
      ? { ...request, breaker: 'closed', ...change }
      : request,
  );
}

/** Every fourth order under the fault is answered as usual. */
function someFast(): RequestSpec[] {
  let nth = 0;
  return orders('fault', { outcome: 'slow', latencyMs: 3900 }).map((request) => {
    if (request.route !== 'order-create' || request.phase !== 'fault') return request;
    nth += 1;
    return nth % 4 === 0 ? { ...request, outcome: 'ok', latencyMs: 120 } : request;
  });
}

function allSlow(): RequestSpec[] {
  return healthyRequests().map((request) =>
    request.route === 'order-create' ? { ...request, outcome: 'slow', latencyMs: 3900 } : request,
  );
}

function withoutRecoveryOrders(): RequestSpec[] {
  return healthyRequests().filter(({ route, phase }) => route !== 'order-create' || phase !== 'recovery');
}

/** The calls to Stripe end after a millisecond, without an answer. */
function refuse({ recording }: Tables): void {
  for (const span of recording) {
    if (span.service === 'payment-service' && span.kind === 'client' && span.http_status === null) {
      span.end_us = span.start_us + 1000;
    }
  }
}
