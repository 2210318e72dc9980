import { describe, expect, test } from 'vitest';
import { killed } from '../faults/killed.ts';
import { Cleanup } from '../harness/cleanup.ts';
import type { Fault } from '../harness/contracts.ts';
import { type FaultTimes, holdFault } from '../harness/fault-schedule.ts';
import { MemoryPart } from './faults/memory-part.ts';
import { MemoryProxy } from './faults/memory-proxy.ts';

/** A fault that notes what is done with it; `behaviour` replaces what it does by default. */
function faultOf(behaviour: Partial<Pick<Fault, 'apply' | 'revert' | 'inForce'>> = {}): {
  readonly fault: Fault;
  readonly done: string[];
} {
  const done: string[] = [];
  let isInForce = false;
  const noted =
    <Outcome>(name: string, action: (proxy: MemoryProxy) => Promise<Outcome>) =>
    async (proxy: MemoryProxy) => {
      done.push(name);
      return action(proxy);
    };
  const apply = async () => {
    isInForce = true;
  };
  const revert = async () => {
    isInForce = false;
  };
  return {
    done,
    fault: {
      id: 'silence',
      title: 'silence',
      parameters: { depth: 1 },
      apply: noted('apply', behaviour.apply ?? apply),
      revert: noted('revert', behaviour.revert ?? revert),
      inForce: noted('inForce', behaviour.inForce ?? (async () => isInForce)),
      proof: () => Promise.reject(new Error('not asked for')),
    },
  };
}

interface Held {
  readonly outcome: PromiseSettledResult<FaultTimes>;
  readonly events: readonly string[];
  readonly cleanup: Cleanup;
  readonly done: readonly string[];
}

async function hold(
  { fault, done }: ReturnType<typeof faultOf>,
  { forMs = 30, signal = new AbortController().signal }: { forMs?: number; signal?: AbortSignal } = {},
): Promise<Held> {
  const events: string[] = [];
  const cleanup = new Cleanup();
  const register = cleanup.register.bind(cleanup);
  cleanup.register = (...undo) => {
    done.push('register');
    register(...undo);
  };
  const nowUs = Date.now() * 1000;
  const [outcome] = await Promise.allSettled([
    holdFault({
      planned: { on: 'payment-to-stripe', fault },
      target: new MemoryProxy(),
      fromUs: nowUs,
      untilUs: nowUs + forMs * 1000,
      cleanup,
      signal,
      mark: (_kind, _name, event) => void events.push(event),
    }),
  ]);
  return { outcome, events, cleanup, done };
}

const refuse = () => Promise.reject(new Error('refused'));

test('its undo is registered before it is applied, and both are read back', async () => {
  const { outcome, events, done } = await hold(faultOf());
  expect(done).toEqual(['register', 'apply', 'inForce', 'revert', 'inForce']);
  expect(events).toEqual(['applied', 'verified', 'reverted', 'verified-gone']);
  expect(outcome).toEqual({
    status: 'fulfilled',
    value: { fromUs: expect.any(Number), untilUs: expect.any(Number) },
  });
});

test('has a window that begins when it was read back, and lasts as long as it was to', async () => {
  const startUs = Date.now() * 1000;
  const { outcome } = await hold(faultOf(), { forMs: 60 });
  const { fromUs = 0, untilUs = 0 } = outcome.status === 'fulfilled' ? outcome.value : {};
  expect(fromUs).toBeGreaterThanOrEqual(startUs);
  // A timer may come a millisecond early.
  expect(untilUs).toBeGreaterThanOrEqual(startUs + 58_000);
});

test('what was reverted in time is not reverted again at the end', async () => {
  const { cleanup, done } = await hold(faultOf());
  expect(await cleanup.run()).toEqual([]);
  expect(done.filter((name) => name === 'revert')).toHaveLength(1);
});

describe('a fault that does not take hold has no window, and is undone', () => {
  test.each<[string, Parameters<typeof faultOf>[0]]>([
    ['it cannot be applied', { apply: refuse }],
    ['read back, it is not in force', { inForce: async () => false }],
    [
      'it cannot be read back',
      {
        inForce: (() => {
          let calls = 0;
          return async () => {
            calls += 1;
            if (calls === 1) throw new Error('no answer');
            return false;
          };
        })(),
      },
    ],
  ])('%s', async (_what, behaviour) => {
    const { outcome, events, done } = await hold(faultOf(behaviour));
    expect(outcome).toEqual({ status: 'fulfilled', value: {} });
    expect(events).toContain('apply-failed');
    expect(events).not.toContain('verified');
    expect(done).toContain('revert');
  });
});

test('one that can neither be applied nor undone rejects, and the clean-up reports it', async () => {
  const { outcome, cleanup } = await hold(faultOf({ apply: refuse, revert: refuse }));
  expect(outcome.status).toBe('rejected');
  expect(await cleanup.run()).toEqual(['revert silence on payment-to-stripe: refused']);
});

describe('a fault that is not gone after its undo has no end', () => {
  test.each<[string, Parameters<typeof faultOf>[0], string]>([
    ['the undo is refused', { revert: refuse }, 'refused'],
    [
      'read back, it is still in force',
      { inForce: async () => true },
      'read back after the undo, silence is still in force',
    ],
  ])('%s', async (_what, behaviour, problem) => {
    const { outcome, events, cleanup } = await hold(faultOf(behaviour));
    expect(outcome).toEqual({ status: 'fulfilled', value: { fromUs: expect.any(Number) } });
    expect(events.at(-1)).toBe('revert-failed');
    // The registered undo tries once more, and says what is left.
    expect(await cleanup.run()).toEqual([`revert silence on payment-to-stripe: ${problem}`]);
  });

  test('an undo that succeeds at the second attempt leaves no problem', async () => {
    let attempts = 0;
    let isInForce = true;
    const { cleanup } = await hold(
      faultOf({
        inForce: async () => isInForce,
        revert: async () => {
          attempts += 1;
          if (attempts === 1) throw new Error('busy');
          isInForce = false;
        },
      }),
    );
    expect(await cleanup.run()).toEqual([]);
    expect(attempts).toBe(2);
  });
});

test('aborted while it is in force, it rejects and leaves the undo to the clean-up', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('stopped')), 20);
  const { outcome, cleanup, done } = await hold(faultOf(), { forMs: 60_000, signal: controller.signal });
  expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'stopped' } });
  expect(done).not.toContain('revert');
  expect(await cleanup.run()).toEqual([]);
  expect(done.slice(-2)).toEqual(['revert', 'inForce']);
});

test('a fault on a part ends it and starts it again, each read back', async () => {
  const part = new MemoryPart();
  const events: string[] = [];
  const nowUs = Date.now() * 1000;
  const times = await holdFault({
    planned: { on: 'collector', fault: killed() },
    target: part,
    fromUs: nowUs,
    untilUs: nowUs + 20_000,
    cleanup: new Cleanup(),
    signal: new AbortController().signal,
    mark: (_kind, name, event) => void events.push(`${name} ${event}`),
  });
  expect(part.done).toEqual(['kill', 'start']);
  expect(events).toEqual(
    ['applied', 'verified', 'reverted', 'verified-gone'].map((event) => `collector ${event}`),
  );
  expect(times).toEqual({ fromUs: expect.any(Number), untilUs: expect.any(Number) });
});

test('a fault does not act on what it is not made for', async () => {
  const order = {
    fromUs: 0,
    untilUs: 0,
    cleanup: new Cleanup(),
    signal: new AbortController().signal,
    mark: () => undefined,
  };
  const planned = { on: 'payment-to-stripe', fault: killed() };
  await expect(holdFault({ ...order, planned, target: new MemoryProxy() })).rejects.toThrow(
    'killed acts on a part, and payment-to-stripe is none',
  );
});
