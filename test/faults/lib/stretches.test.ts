import { expect, it } from 'vitest';
import { lengthUs, stretchesOf } from '../../../faults/lib/stretches.ts';
import type { Evidence, Phase, RunRecord } from '../../../harness/contracts.ts';
import { runRecord } from '../../evidence/fixture/run.ts';
import { SYSTEM } from '../../evidence/fixture.ts';

const S = 1_000_000;
const END = Number.MAX_SAFE_INTEGER;
const phase = (name: Phase['name'], fromS: number, untilS: number): Phase => ({
  name,
  startUs: fromS * S,
  endUs: untilS * S,
});
const PHASES = [
  phase('warmup', 0, 10),
  phase('baseline', 10, 20),
  phase('fault', 20, 50),
  phase('recovery', 50, 70),
];

type Placed = readonly [on: string, fromS: number, untilS?: number];

/** Stretches, in seconds, around a fault on gateway-to-auth from 20 to 50 s. */
function stretches(others: readonly Placed[], phases: readonly Phase[] = PHASES) {
  const [edge] = SYSTEM.edges;
  if (!edge) throw new Error('the fixture has no edges');
  const own: Placed = [edge.id, 20, 50];
  const faults = [own, ...others].map(([on, fromS, untilS]): RunRecord['faults'][number] => ({
    on,
    id: 'x',
    parameters: {},
    fromUs: fromS * S,
    ...(untilS === undefined ? {} : { untilUs: untilS * S }),
  }));
  const evidence: Evidence = {
    run: { ...runRecord(0), phases, faults },
    faults: [],
    sources: new Set(),
    query: () => Promise.reject(new Error('must not be asked')),
  };
  return stretchesOf(evidence, { edge, fromUs: 20 * S, untilUs: 50 * S });
}

const at = (fromS: number, untilS?: number) => ({
  fromUs: fromS * S,
  untilUs: untilS === undefined ? END : untilS * S,
});

it('the warm-up is not before, and the last half second is not inside', () => {
  expect(stretches([])).toEqual({
    before: [at(10, 20)],
    inside: [at(20, 49.5)],
    after: [at(50)],
    afterNeeded: true,
  });
});

it('windows of other faults on the edge are neither before nor after', () => {
  const found = stretches([
    ['gateway-to-auth', 12, 14],
    ['gateway-to-auth', 13, 15],
    ['gateway-to-auth', 55, 60],
    ['gateway-to-order', 5, 65],
  ]);
  expect(found).toMatchObject({ before: [at(10, 12), at(15, 20)], after: [at(50, 55), at(60)] });
  expect(lengthUs(found.before)).toBe(7 * S);
});

it('a fault that overlaps its window, or never ended, cuts off what it covers', () => {
  expect(stretches([['gateway-to-auth', 15, 55]])).toMatchObject({ before: [at(10, 15)], after: [at(55)] });
  expect(stretches([['gateway-to-auth', 51]])).toMatchObject({ after: [at(50, 51)], afterNeeded: true });
  expect(stretches([['gateway-to-auth', 50.9]])).toMatchObject({ afterNeeded: false });
  expect(stretches([['gateway-to-auth', 0, 30]])).toMatchObject({ before: [] });
});

it.each([
  [51, true],
  [50.999, false],
  [40, false],
])('with load until %d s, that calls are seen after it is needed: %s', (untilS, afterNeeded) => {
  const [, ...measured] = PHASES;
  const phases = measured.map((each) => ({ ...each, endUs: Math.min(each.endUs, untilS * S) }));
  expect(stretches([], phases)).toMatchObject({ after: [at(50)], afterNeeded });
});

it('without measured phases there is nothing before, and nothing needed after', () => {
  expect(stretches([], [phase('warmup', 0, 10)])).toMatchObject({ before: [], afterNeeded: false });
});
