import { describe, expect, it } from 'vitest';
import factory, { blackhole } from '../../faults/blackhole.ts';
import { UserError } from '../../harness/errors.ts';
import { MemoryProxy } from './memory-proxy.ts';
import { testToxics } from './on-proxy.ts';
import { drop, type EdgeCalls, fail, last, move, type ProofSpec, prove, UNTIL_US } from './prove.ts';

const fault = blackhole();

const toxic = (stream: 'upstream' | 'downstream') => ({
  name: `chaoscope-blackhole-${stream}`,
  type: 'timeout',
  stream,
  toxicity: 1,
  attributes: { timeout: 0 },
});

describe('blackhole: parameters', () => {
  it('says what it does, and has none', () => {
    expect(fault).toMatchObject({ id: 'blackhole', title: 'black hole', parameters: {} });
    expect(factory(fault.parameters)).toMatchObject({ id: 'blackhole' });
    expect(() => factory({ timeout: 5 })).toThrow(UserError);
    expect(() => factory({ timeout: 5 })).toThrow('fault blackhole has no parameter timeout. It has: none.');
  });
});

describe('blackhole: on a proxy', () => {
  testToxics(fault, [toxic('upstream'), toxic('downstream')]);

  it('takes one toxic of the two neither for in force nor for gone, and reverts it', async () => {
    const proxy = new MemoryProxy();
    await proxy.addToxic(toxic('downstream'));
    await expect(fault.inForce(proxy)).rejects.toThrow(
      'the proxy payment-to-stripe has 1 of the 2 toxics of the fault',
    );
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
  });
});

/** The calls get no answer, and their caller gives up after so long. */
const wait =
  (ms: number) =>
  ({ inside }: EdgeCalls): void => {
    fail(inside);
    last(inside, ms);
  };

describe('blackhole: its proof', () => {
  it('holds when calls wait until their caller gives up, and some have no time left to wait', async () => {
    expect(await prove(fault, { on: 'payment-to-stripe' })).toMatchObject({
      held: true,
      expected: 'no call answered while it was in force, most of them waiting; good calls before and after',
      observed:
        '0 of 5 calls answered, 5 waited 445 ms or more while it was in force; good before 11 of 11, after 11 of 11',
      figures: { callsInside: 5, waitedInside: 5, waitMs: 445, insideP50Ms: 3000 },
    });
  });

  it.each([
    [100, true, 145],
    [99, false, 0],
  ])('with calls that wait %d ms, where 13 ms are usual', async (ms, held, waitedInside) => {
    expect(await prove(fault, { change: wait(ms) })).toMatchObject({
      held,
      figures: { waitedInside, waitMs: 100 },
    });
  });

  it.each([
    [72, true],
    [73, false],
  ])('with %d of 145 calls that give up early', async (early, held) => {
    const change = ({ inside }: EdgeCalls): void => {
      fail(inside);
      last(inside.slice(early), 1000);
      last(inside.slice(0, early), 5);
    };
    const proof = await prove(fault, { change });
    expect(proof.held).toBe(held);
    if (!held) expect(proof.observed).toContain(': calls failed without waiting 100 ms');
  });

  it('holds when callers without a time-out wait until it ends', async () => {
    const change = ({ inside }: EdgeCalls): void => {
      fail(inside);
      for (const span of inside) move(span, span.start_us, UNTIL_US + 5000);
    };
    expect(await prove(fault, { change })).toMatchObject({ held: true, figures: { answeredInside: 0 } });
  });

  it('holds when calls wait for one of few connections, and are answered after it', async () => {
    const change = ({ inside }: EdgeCalls): void => {
      for (const span of inside) move(span, span.start_us, UNTIL_US + 5000);
    };
    expect(await prove(fault, { change })).toMatchObject({ held: true, figures: { answeredInside: 0 } });
  });

  it.each<[string, ProofSpec['change'], string]>([
    ['nothing changes', undefined, '146 of 146 calls answered'],
    [
      'answers are late',
      ({ inside }) => last(inside, 2000),
      '135 of 145 calls answered, 145 waited 100 ms or more while it was in force; good before 102 of 102, after 100 of 100: some calls',
    ],
    ['calls fail at once', ({ inside }) => fail(inside), 'calls failed without waiting 100 ms'],
    ['no call is made', ({ inside }, tables) => drop(inside, tables), 'nobody met it'],
    [
      'no call was made before',
      (calls, tables) => {
        wait(1000)(calls);
        drop(calls.before, tables);
      },
      'without calls before it',
    ],
    [
      'it goes on',
      (calls) => {
        wait(1000)(calls);
        fail(calls.after);
      },
      'nothing shows that it ended',
    ],
    [
      'all calls begin too late to wait while it is surely in force',
      ({ inside }) => {
        fail(inside);
        for (const span of inside) move(span, UNTIL_US - 599_999, UNTIL_US + 5000);
      },
      'none of 149 calls ended',
    ],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, change ? { change } : {});
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });

  it('holds on an edge to a database when no connection is left for calls', async () => {
    const change: ProofSpec['change'] = ({ inside }, tables) => drop(inside, tables);
    expect(await prove(fault, { on: 'inventory-to-database', change })).toMatchObject({ held: true });
  });
});
