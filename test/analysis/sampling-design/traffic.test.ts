import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharesOf, type Traffic, trafficProblems } from '../../../analysis/sampling-design/traffic.ts';
import { parsePromises } from '../../../commands/lib/sampling/promises.ts';

const TRAFFIC: Traffic = {
  ratePerS: 1000,
  errorShare: 0.005,
  slowShare: 0.01,
  errorAndSlowShare: 0,
  healthShare: 0,
};
const EXERCISE = parsePromises(['path:/health=0,errors=100,slow:2000=100,any=5']);

test("the exercise's shares: 985 of 1000 are neither failed nor slow", () => {
  expect(sharesOf(EXERCISE, TRAFFIC)).toEqual([0, 0.005, 0.01, 0.985]);
});

test('a trace that is failed and slow counts once, under the promise that comes first', () => {
  const traffic = { ...TRAFFIC, errorAndSlowShare: 0.002, healthShare: 0.02 };
  expect(sharesOf(EXERCISE, traffic)).toEqual([0.02, 0.005, 0.008, 0.967]);
  const slowFirst = parsePromises(['path:/health=0,slow:2000=100,errors=100,any=5']);
  expect(sharesOf(slowFirst, traffic)).toEqual([0.02, 0.01, 0.003, 0.967]);
});

test('of a second path or threshold nobody knows the share; what follows the last promise gets none', () => {
  const promises = parsePromises(['path:/a=0,path:/b=0,slow:2000=100,slow:500=50,any=5']);
  expect(sharesOf(promises, { ...TRAFFIC, healthShare: 0.02 })).toEqual([0.02, null, 0.01, null, 0.97]);
  const [any] = parsePromises(['any=5']);
  if (!any) throw new Error('no promise');
  expect(sharesOf([any, ...EXERCISE], TRAFFIC)).toEqual([1, 0, 0, 0, 0]);
});

test('shares that cannot be of one traffic are told', () => {
  expect(trafficProblems(TRAFFIC)).toEqual([]);
  expect(trafficProblems({ ...TRAFFIC, errorAndSlowShare: 0.006 })).toEqual([
    expect.stringMatching(/failed and slow are more/),
  ]);
  expect(trafficProblems({ ...TRAFFIC, errorShare: 0.6, slowShare: 0.5 })).toEqual([
    expect.stringMatching(/more than 100 %/),
  ]);
  // All of them both: 60 % in all.
  expect(trafficProblems({ ...TRAFFIC, errorShare: 0.6, slowShare: 0.5, errorAndSlowShare: 0.5 })).toEqual(
    [],
  );
});

test('whatever the traffic, the known shares are all of it', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, share, share, fc.shuffledSubarray([0, 1, 2]), (a, b, c, d, order) => {
      // Health checks, failed only, both, slow only: at most all.
      const sum = Math.max(1, a + b + c + d);
      const [health, error, both, slow] = [a / sum, b / sum, c / sum, d / sum];
      const traffic = {
        ratePerS: 100,
        healthShare: health,
        errorShare: error + both,
        slowShare: slow + both,
        errorAndSlowShare: both,
      };
      const promises = parsePromises([
        [...order.map((index) => ['path:/h=0', 'errors=100', 'slow:9=100'][index]), 'any=5'].join(','),
      ]);
      const shares = sharesOf(promises, traffic);
      expect(shares.reduce<number>((total, each) => total + (each ?? 0), 0)).toBeCloseTo(1, 9);
      expect(shares.every((each) => each !== null && each >= 0)).toBe(true);
    }),
  );
});
