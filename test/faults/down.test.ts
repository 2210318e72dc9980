import { describe, expect, it } from 'vitest';
import factory, { down } from '../../faults/down.ts';
import { UserError } from '../../harness/errors.ts';
import { PHASES } from '../evidence/fixture.ts';
import { MemoryProxy } from './memory-proxy.ts';
import { drop, type EdgeCalls, FROM_US, fail, move, type ProofSpec, prove, UNTIL_US } from './prove.ts';

const fault = down();
const failInside = ({ inside }: EdgeCalls): void => fail(inside);
const WITHOUT_RECOVERY = { run: { phases: PHASES.filter(({ name }) => name !== 'recovery') } };

describe('down: parameters', () => {
  it('says what it does, and has none', () => {
    expect(fault).toMatchObject({ id: 'down', title: 'down', parameters: {} });
    expect(factory(fault.parameters)).toMatchObject({ id: 'down' });
    expect(() => factory({ forMs: 5 })).toThrow(UserError);
    expect(() => factory({ forMs: 5 })).toThrow('fault down has no parameter forMs. It has: none.');
  });
});

describe('down: on a proxy', () => {
  it('is in force from apply to revert', async () => {
    const proxy = new MemoryProxy();
    expect(await fault.inForce(proxy)).toBe(false);
    await fault.apply(proxy);
    expect(await fault.inForce(proxy)).toBe(true);
    expect(await proxy.read()).toEqual({ enabled: false, toxics: [] });
    await fault.revert(proxy);
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
  });

  it('reverts when nothing was applied', async () => {
    const proxy = new MemoryProxy();
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
  });
});

describe('down: its proof', () => {
  it('holds when no call is answered while it is in force', async () => {
    expect(await prove(fault, { change: failInside })).toMatchObject({
      held: true,
      expected: 'no call answered while it was in force; good calls before and after',
      observed: '0 of 146 calls answered while it was in force; good before 102 of 102, after 100 of 100',
      figures: {
        callsBefore: 102,
        callsInside: 146,
        callsAfter: 100,
        goodBefore: 102,
        answeredInside: 0,
        goodAfter: 100,
      },
    });
  });

  it('holds when the breaker of the caller leaves one call, which fails', async () => {
    const proof = await prove(fault, {
      change({ inside: [first, ...others] }, tables) {
        if (first) fail([first]);
        drop(others, tables);
      },
    });
    expect(proof).toMatchObject({ held: true, figures: { callsInside: 1 } });
  });

  it('holds when one call after it is good, as others meet an open breaker', async () => {
    const change = ({ inside, after: [, ...others] }: EdgeCalls): void => fail([...inside, ...others]);
    expect(await prove(fault, { change })).toMatchObject({ held: true, figures: { goodAfter: 1 } });
  });

  it('holds when just half of the calls before were good', async () => {
    const change = ({ before, inside }: EdgeCalls): void => fail([...inside, ...before.slice(51)]);
    expect(await prove(fault, { change })).toMatchObject({ held: true, figures: { goodBefore: 51 } });
  });

  it.each<[string, ProofSpec['change'], string]>([
    ['nothing changes', undefined, '146 of 146 calls answered while it was in force'],
    [
      'one call is answered',
      ({ inside: [, ...others] }) => fail(others),
      '1 of 146 calls answered while it was in force; good before 102 of 102, after 100 of 100: some calls got through',
    ],
    [
      'one call is answered, even if not well',
      ({ inside: [first, ...others] }) => {
        fail(others);
        Object.assign(first ?? {}, { http_status: 500, status: 'error' });
      },
      '1 of 146 calls answered',
    ],
    ['no call is made', ({ inside }, tables) => drop(inside, tables), 'no calls while it was in force'],
    [
      'no call was made before',
      ({ before, inside }, tables) => {
        drop(before, tables);
        fail(inside);
      },
      'good before 0 of 0, after 100 of 100: without calls before it there is nothing to compare with',
    ],
    [
      'most calls failed before',
      ({ before, inside }) => fail([...inside, ...before.slice(50)]),
      'good before 50 of 102, after 100 of 100: the edge was broken before it',
    ],
    [
      'no call after is good',
      ({ inside, after }) => fail([...inside, ...after]),
      'after 0 of 100: nothing shows that it ended',
    ],
    [
      'no call is made after',
      ({ inside, after }, tables) => {
        drop(after, tables);
        fail(inside);
      },
      'after 0 of 0: nothing shows that it ended',
    ],
    [
      'all calls last beyond it',
      ({ inside }) => {
        for (const span of inside) span.end_us = UNTIL_US + 1;
      },
      'none of 146 calls ended while it was in force',
    ],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, change ? { change } : {});
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });

  it('needs no good call after it when the load ended with it', async () => {
    const change: ProofSpec['change'] = ({ inside, after }, tables) => {
      fail(inside);
      drop(after, tables);
    };
    expect(await prove(fault, { ...WITHOUT_RECOVERY, change })).toMatchObject({ held: true });
  });

  it('the warm-up is not before', async () => {
    const [baseline, ...others] = PHASES;
    if (!baseline) throw new Error('the fixture has no phases');
    const run = { phases: [{ ...baseline, name: 'warmup' as const }, ...others] };
    expect(await prove(fault, { run, change: failInside })).toMatchObject({
      // Begun in the 20 ms of the fault phase that passed before it was in force.
      figures: { callsBefore: 1 },
    });
  });

  const end = UNTIL_US - 500_000;
  it.each<[string, number, number, boolean]>([
    ['began just before it', FROM_US - 1, FROM_US + 5000, true],
    ['began with it', FROM_US, FROM_US + 5000, false],
    ['ended half a second before its end', end - 5000, end, false],
    ['ended later', end - 5000, end + 1, true],
    ['began half a second before its end', end, end + 5000, true],
  ])('with an answer to a call that %s', async (_, startUs, endUs, held) => {
    const change = ({ inside: [first, ...others] }: EdgeCalls): void => {
      move(first, startUs, endUs);
      fail(others);
    };
    expect(await prove(fault, { change })).toMatchObject({ held });
  });
});

describe('down: its proof on an edge to a database, where no connection means no call', () => {
  const on = 'inventory-to-database';
  const silent: ProofSpec['change'] = ({ inside }, tables) => drop(inside, tables);

  it('holds when no call is made though the caller is at work', async () => {
    expect(await prove(fault, { on, change: silent })).toMatchObject({
      held: true,
      expected:
        'no call answered while it was in force, or none made though the caller was at work; good calls before and after',
      observed:
        'no calls, 166 would be usual, while it was in force; good before 113 of 113, after 111 of 111',
      figures: { callsInside: 0, usualInside: 166 },
    });
  });

  it.each([
    [7, true],
    [6, false],
  ])('with %d calls before', async (calls, held) => {
    const change: ProofSpec['change'] = ({ before, inside }, tables) =>
      drop([...before.slice(calls), ...inside], tables);
    expect(await prove(fault, { on, change })).toMatchObject({
      held,
      figures: { usualInside: held ? 10 : 8 },
    });
  });

  it('holds when the calls are errors', async () => {
    const change = ({ inside }: EdgeCalls): void => fail(inside);
    expect(await prove(fault, { on, change })).toMatchObject({ held: true, figures: { callsInside: 163 } });
  });

  it.each<[string, ProofSpec['change'], string]>([
    [
      'a call is answered',
      ({ inside: [, ...others] }, tables) => drop(others, tables),
      '1 of 1 calls answered',
    ],
    [
      'the caller was not at work',
      (_, tables) => {
        tables.recording = tables.recording.filter(
          ({ service, start_us }) =>
            service !== 'inventory-service' || start_us < FROM_US || start_us >= UNTIL_US,
        );
      },
      'no calls while it was in force; good before 113 of 113, after 111 of 111: nobody met it',
    ],
    [
      'no call was made before',
      ({ before, inside }, tables) => drop([...before, ...inside], tables),
      'without calls before it',
    ],
    [
      'no call is made after',
      ({ inside, after }, tables) => drop([...inside, ...after], tables),
      'nothing shows that it ended',
    ],
  ])('does not hold when %s', async (_, change, observed) => {
    const proof = await prove(fault, { on, ...(change ? { change } : {}) });
    expect(proof.held).toBe(false);
    expect(proof.observed).toContain(observed);
  });
});
