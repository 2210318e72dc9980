import { describe, expect, it } from 'vitest';
import factory, { slowClose } from '../../faults/slow-close.ts';
import { UserError } from '../../harness/errors.ts';
import { testToxics } from './on-proxy.ts';
import { drop, type EdgeCalls, fail, last, type ProofSpec, prove } from './prove.ts';

const fault = slowClose({ delayMs: 1000 });

describe('slow-close: parameters', () => {
  it('says what it does, and comes back from the parameters that it stores', () => {
    const known = { id: 'slow-close', title: 'slow close of 1000 ms', parameters: { delayMs: 1000 } };
    expect(fault).toMatchObject(known);
    expect(factory(fault.parameters)).toMatchObject(known);
  });

  it.each([
    [{}, 'delayMs is NaN; allowed: a whole number of milliseconds, 1 to 600000'],
    [{ delayMs: 0 }, 'delayMs is 0'],
    [{ delayMs: 600_001 }, 'delayMs is 600001'],
    [{ delayMs: 5, ms: 5 }, 'fault slow-close has no parameter ms. It has: delayMs (needed).'],
  ])('rejects %j', (parameters: Record<string, number>, message) => {
    const wrong = (): unknown => factory(parameters);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(message);
  });
});

describe('slow-close: on a proxy', () => {
  testToxics(fault, [
    {
      name: 'chaoscope-slow-close',
      type: 'slow_close',
      stream: 'downstream',
      toxicity: 1,
      attributes: { delay: 1000 },
    },
  ]);
});

describe('slow-close: its proof', () => {
  it('holds when calls last until the close', async () => {
    expect(await prove(fault, { change: ({ inside }) => last(inside, 1013) })).toMatchObject({
      held: true,
      observed: expect.stringMatching(
        /^14\d of 14\d calls lasted 913 ms or more, or until given up, while it was in force; before 0 of 102, after 0 of 100$/,
      ),
      figures: { slowBefore: 0, slowAfter: 0, slowMs: 913 },
    });
  });

  it.each<[string, (calls: EdgeCalls) => void, boolean]>([
    ['5 calls that last usual + 90 %', ({ inside }) => last(inside.slice(0, 5), 913), true],
    ['4 such calls', ({ inside }) => last(inside.slice(0, 4), 913), false],
    ['5 calls that last less', ({ inside }) => last(inside.slice(0, 5), 912), false],
    [
      '5 calls that are given up after 100 ms',
      ({ inside }) => {
        fail(inside.slice(0, 5));
        last(inside.slice(0, 5), 100);
      },
      true,
    ],
    [
      '5 calls that fail sooner',
      ({ inside }) => {
        fail(inside.slice(0, 5));
        last(inside.slice(0, 5), 99);
      },
      false,
    ],
  ])('with %s', async (_, change, held) => {
    expect((await prove(fault, { change })).held).toBe(held);
  });

  it.each<[string, ProofSpec['change'], string]>([
    [
      'connections are kept',
      undefined,
      '0 of 146 calls lasted 913 ms or more, or until given up, while it was in force; before 0 of 102, after 0 of 100: no call had to wait for a close, as when connections are kept',
    ],
    ['no call is made', ({ inside }, tables) => drop(inside, tables), 'nobody met it'],
    [
      'as many calls are slow before',
      ({ before, inside }) => last([...before.slice(0, 50), ...inside.slice(0, 72)], 2000),
      'that is usual on the edge',
    ],
    ['calls stay slow', ({ inside, after }) => last([...inside, ...after], 2000), 'it did not end'],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, change ? { change } : {});
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });
});
