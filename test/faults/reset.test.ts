import { describe, expect, it } from 'vitest';
import factory, { reset } from '../../faults/reset.ts';
import { UserError } from '../../harness/errors.ts';
import { testToxics } from './on-proxy.ts';
import { drop, type EdgeCalls, fail, type ProofSpec, prove } from './prove.ts';

const fault = reset();

describe('reset: parameters', () => {
  it('says what it does', () => {
    expect(fault).toMatchObject({ id: 'reset', title: 'reset', parameters: { afterMs: 0 } });
    expect(reset({ afterMs: 20 }).title).toBe('reset after 20 ms');
  });

  it('comes back from the parameters that it stores', () => {
    expect(factory(reset({ afterMs: 20 }).parameters).title).toBe('reset after 20 ms');
    expect(factory({}).title).toBe('reset');
    expect(reset({ afterMs: 1500 }).parameters).toEqual({ afterMs: 1500 });
  });

  it.each([
    [{ afterMs: -1 }, 'afterMs is -1; allowed: a whole number of milliseconds, 0 to 1500'],
    [{ afterMs: 1.5 }, 'afterMs is 1.5'],
    [{ afterMs: 1501 }, 'afterMs is 1501'],
    [{ after: 5 }, 'fault reset has no parameter after. It has: afterMs.'],
  ])('rejects %j', (parameters: Record<string, number>, message) => {
    const wrong = (): unknown => factory(parameters);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(message);
  });
});

describe('reset: on a proxy', () => {
  testToxics(reset({ afterMs: 20 }), [
    {
      name: 'chaoscope-reset',
      type: 'reset_peer',
      stream: 'downstream',
      toxicity: 1,
      attributes: { timeout: 20 },
    },
  ]);
});

describe('reset: its proof', () => {
  it('holds when all calls fail while it is in force, and not before or after', async () => {
    expect(await prove(fault, { change: ({ inside }) => fail(inside) })).toMatchObject({
      held: true,
      observed: '0 of 146 calls answered while it was in force; good before 102 of 102, after 100 of 100',
    });
  });

  it.each<[string, ProofSpec['change'], string]>([
    ['nothing changes', undefined, '146 of 146 calls answered'],
    [
      'one call is answered',
      ({ inside: [, ...others] }: EdgeCalls) => fail(others),
      '1 of 146 calls answered',
    ],
    ['no call is made', ({ inside }, tables) => drop(inside, tables), 'nobody met it'],
    ['calls failed before', ({ before, inside }) => fail([...before, ...inside]), 'broken before'],
    ['calls fail after', ({ inside, after }) => fail([...inside, ...after]), 'nothing shows that it ended'],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, change ? { change } : {});
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });
});
