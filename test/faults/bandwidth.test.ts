import { describe, expect, it } from 'vitest';
import factory, { bandwidth } from '../../faults/bandwidth.ts';
import { UserError } from '../../harness/errors.ts';
import { PHASES } from '../evidence/fixture.ts';
import { testToxics } from './on-proxy.ts';
import { drop, type EdgeCalls, fail, last, type ProofSpec, prove } from './prove.ts';

const fault = bandwidth({ kbps: 10 });

describe('bandwidth: parameters', () => {
  it('says what it does, and comes back from the parameters that it stores', () => {
    const known = { id: 'bandwidth', title: 'bandwidth of 10 KB/s', parameters: { kbps: 10 } };
    expect(fault).toMatchObject(known);
    expect(factory(fault.parameters)).toMatchObject(known);
  });

  it.each([
    [{}, 'kbps is NaN; allowed: a whole number of KB/s, 1 to 1000000'],
    [{ kbps: 0 }, 'kbps is 0'],
    [{ kbps: 1_000_001 }, 'kbps is 1000001'],
    [{ kbps: 5, rate: 5 }, 'fault bandwidth has no parameter rate. It has: kbps (needed).'],
  ])('rejects %j', (parameters: Record<string, number>, message) => {
    const wrong = (): unknown => factory(parameters);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(message);
  });
});

describe('bandwidth: on a proxy', () => {
  testToxics(fault, [
    {
      name: 'chaoscope-bandwidth',
      type: 'bandwidth',
      stream: 'downstream',
      toxicity: 1,
      attributes: { rate: 10 },
    },
  ]);
});

/** Calls of 13 ms are usual, so the median must reach 26 ms. */
const slow =
  (insideMs: number, afterMs = 13) =>
  ({ inside, after }: EdgeCalls): void => {
    last(inside, insideMs);
    last(after, afterMs);
  };

describe('bandwidth: its proof', () => {
  it('holds when the median call is clearly slower, and as usual before and after', async () => {
    expect(await prove(fault, { change: slow(300) })).toMatchObject({
      held: true,
      expected:
        'the median call at least 26 ms while it was in force (twice the usual, the usual + 10 ms, and the usual p95), and no more than 25 % of the rise left after',
      observed: expect.stringMatching(
        /^median 300 ms \(14\d calls\) while it was in force; before 13 ms \(102 calls\), after 13 ms \(100 calls\)$/,
      ),
      figures: { beforeP50Ms: 13, insideP50Ms: 300, afterP50Ms: 13, beforeP95Ms: 13, floorMs: 26 },
    });
  });

  it('holds when callers give up, and when calls end with it', async () => {
    const change = (calls: EdgeCalls): void => {
      slow(500)(calls);
      fail(calls.inside);
    };
    expect((await prove(fault, { change })).held).toBe(true);
    expect((await prove(fault, { change: slow(60_000) })).held).toBe(true);
  });

  it.each<[string, ProofSpec['change'], boolean]>([
    ['twice the usual', slow(26), true],
    ['less than twice', slow(25.9), false],
    ['a quarter of the rise left', slow(213, 63), true],
    ['more of it left', slow(213, 64), false],
    [
      'the usual and 10 ms, where it is short',
      (calls) => {
        last([...calls.before, ...calls.after], 2);
        last(calls.inside, 12);
      },
      true,
    ],
    [
      'less than 10 ms more',
      (calls) => {
        last([...calls.before, ...calls.after], 2);
        last(calls.inside, 11.9);
      },
      false,
    ],
    [
      'as long as a tenth of the usual calls',
      (calls) => {
        slow(99)(calls);
        last(calls.before.slice(0, 10), 100);
      },
      false,
    ],
  ])('with a median of %s', async (_, change, held) => {
    expect((await prove(fault, change ? { change } : {})).held).toBe(held);
  });

  it('needs no call after it when the load ended with it', async () => {
    const proof = await prove(fault, {
      run: { phases: PHASES.filter(({ name }) => name !== 'recovery') },
      change(calls, tables) {
        slow(300)(calls);
        drop(calls.after, tables);
      },
    });
    expect(proof).toMatchObject({ held: true, observed: expect.stringContaining('after no calls') });
  });

  it.each<[string, ProofSpec['change'], string]>([
    [
      'nothing changes',
      undefined,
      'median 13 ms (146 calls) while it was in force; before 13 ms (102 calls), after 13 ms (100 calls): answers are too small to be held up; lower kbps',
    ],
    ['half of the calls and one are as usual', ({ inside }) => last(inside.slice(0, 70), 300), 'lower kbps'],
    ['no call is made', ({ inside }, tables) => drop(inside, tables), 'median no calls'],
    [
      'the edge is always that slow',
      ({ before, inside, after }) => last([...before, ...inside, ...after], 300),
      'before 300 ms',
    ],
    [
      'no call was made before',
      (calls, tables) => {
        slow(300)(calls);
        drop(calls.before, tables);
      },
      'without calls before it',
    ],
    ['it goes on', slow(300, 300), 'it did not end'],
    [
      'no call is made after',
      (calls, tables) => {
        slow(300)(calls);
        drop(calls.after, tables);
      },
      'nothing shows that it ended',
    ],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, change ? { change } : {});
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });
});
