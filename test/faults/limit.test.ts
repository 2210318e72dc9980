import { describe, expect, it } from 'vitest';
import factory, { limit } from '../../faults/limit.ts';
import { UserError } from '../../harness/errors.ts';
import { PHASES } from '../evidence/fixture.ts';
import { testToxics } from './on-proxy.ts';
import { drop, type EdgeCalls, fail, move, type ProofSpec, prove, type Span, UNTIL_US } from './prove.ts';

const fault = limit({ bytes: 500 });

describe('limit: parameters', () => {
  it('says what it does, and comes back from the parameters that it stores', () => {
    expect(fault).toMatchObject({ id: 'limit', title: 'limit of 500 bytes', parameters: { bytes: 500 } });
    expect(factory(fault.parameters).title).toBe('limit of 500 bytes');
    expect(limit({ bytes: 0 }).title).toBe('limit of 0 bytes');
  });

  it.each([
    [{}, 'bytes is NaN; allowed: a whole number of bytes, 0 to 1000000000'],
    [{ bytes: -1 }, 'bytes is -1'],
    [{ bytes: 0.5 }, 'bytes is 0.5'],
    [{ bytes: 1_000_000_001 }, 'bytes is 1000000001'],
    [{ bytes: 1, kb: 1 }, 'fault limit has no parameter kb. It has: bytes (needed).'],
  ])('rejects %j', (parameters: Record<string, number>, message) => {
    const wrong = (): unknown => factory(parameters);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(message);
  });
});

describe('limit: on a proxy', () => {
  testToxics(fault, [
    {
      name: 'chaoscope-limit',
      type: 'limit_data',
      stream: 'downstream',
      toxicity: 1,
      attributes: { bytes: 500 },
    },
  ]);
});

/** The answers of these calls are cut off: there is a status, and an error. */
const cut = (spans: readonly Span[]): void => {
  for (const span of spans) span.status = 'error';
};

describe('limit: its proof', () => {
  it('holds when the answers that need more are cut off', async () => {
    expect(await prove(fault, { change: ({ inside }) => cut(inside.slice(0, 20)) })).toMatchObject({
      held: true,
      expected: 'at least 5 times the share of calls failed while it was in force than before and after',
      observed: '20 of 146 calls failed while it was in force; before 0 of 102, after 0 of 100',
      figures: { failedBefore: 0, failedInside: 20, failedAfter: 0 },
    });
  });

  it.each<[string, (calls: EdgeCalls) => Span[], boolean]>([
    ['5 of 146', ({ inside }) => inside.slice(0, 5), true],
    ['4 of 146', ({ inside }) => inside.slice(0, 4), false],
    // 30 of 146 is 5.24 times 4 of 102, 4.19 times 5 of 102; and 5.1 times 4 of 100.
    [
      '30 of 146 inside, 4 before',
      ({ before, inside }) => [...before.slice(0, 4), ...inside.slice(0, 30)],
      true,
    ],
    [
      '30 of 146 inside, 5 before',
      ({ before, inside }) => [...before.slice(0, 5), ...inside.slice(0, 30)],
      false,
    ],
    [
      '30 of 146 inside, 4 after',
      ({ after, inside }) => [...after.slice(0, 4), ...inside.slice(0, 30)],
      true,
    ],
    [
      '30 of 146 inside, 5 after',
      ({ after, inside }) => [...after.slice(0, 5), ...inside.slice(0, 30)],
      false,
    ],
  ])('with %s', async (_, cutOff, held) => {
    expect((await prove(fault, { change: (calls) => cut(cutOff(calls)) })).held).toBe(held);
  });

  it('holds when a breaker leaves one call, which fails', async () => {
    const proof = await prove(fault, {
      change({ inside: [first, ...others] }, tables) {
        if (first) fail([first]);
        drop(others, tables);
      },
    });
    expect(proof).toMatchObject({ held: true, figures: { callsInside: 1 } });
  });

  it.each([
    [3, true],
    [2, false],
  ])('with %d calls before, where all fail inside', async (calls, held) => {
    const proof = await prove(fault, {
      change({ before, inside }, tables) {
        drop(before.slice(calls), tables);
        cut(inside);
      },
    });
    expect(proof.held).toBe(held);
    if (!held) expect(proof.observed).toContain('too few calls before it to compare with');
  });

  it('needs no call after it when the load ended with it', async () => {
    const proof = await prove(fault, {
      run: { phases: PHASES.filter(({ name }) => name !== 'recovery') },
      change({ inside, after }, tables) {
        drop(after, tables);
        cut(inside);
      },
    });
    expect(proof.held).toBe(true);
  });

  it.each<[string, ProofSpec['change'], string]>([
    [
      'nothing changes',
      undefined,
      '0 of 146 calls failed while it was in force; before 0 of 102, after 0 of 100: connections carried less than the limit; lower it',
    ],
    ['no call is made', ({ inside }, tables) => drop(inside, tables), 'nobody met it'],
    [
      'no call was made before',
      ({ before, inside }, tables) => {
        drop(before, tables);
        cut(inside);
      },
      'too few calls before it',
    ],
    [
      'no call is made after',
      ({ inside, after }, tables) => {
        drop(after, tables);
        cut(inside);
      },
      'too few calls after it to show that it ended',
    ],
    [
      'calls always fail',
      ({ before, inside, after }) => cut([...before, ...inside, ...after]),
      'that is usual',
    ],
    ['calls go on failing', ({ inside, after }) => cut([...inside, ...after]), 'it did not end'],
    [
      'calls fail only when it ends',
      ({ inside }) => {
        for (const span of inside.slice(0, 20)) move(span, UNTIL_US - 600_000, UNTIL_US - 499_999);
        cut(inside.slice(0, 20));
      },
      '0 of 126 calls failed',
    ],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, change ? { change } : {});
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });
});
