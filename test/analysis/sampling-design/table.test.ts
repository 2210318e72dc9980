import { expect, test } from 'vitest';
import { meanBytes, type StrategyInput, strategyOf } from '../../../analysis/sampling-design/table.ts';
import shop from '../../../services/system.ts';

const INPUT: StrategyInput = {
  promises: shop.promises,
  traffic: { ratePerS: 1000, errorShare: 0.005, slowShare: 0.01, errorAndSlowShare: 0, healthShare: 0 },
  bytesOf: () => 10_000,
  pricePerGb: 0.5,
};

test("the exercise's estimate: 5 + 10 + about 49 = about 64 traces/s, 5.5 million a day, 55 GB a day", () => {
  const { rows, kept, unsampled } = strategyOf(INPUT);
  expect(rows.map((row) => [row.promise, row.tracesPerS, row.keepPercent, row.kept?.tracesPerS])).toEqual([
    ['health-checks', 0, 0, 0],
    ['errors', 5, 100, 5],
    ['slow', 10, 100, 10],
    ['normal', 985, 5, 49.25],
  ]);
  expect(kept.tracesPerS).toBe(64.25);
  expect(kept.tracesPerDay).toBe(5_551_200);
  expect(kept.gbPerDay).toBeCloseTo(55.512, 9);
  expect(kept.moneyPerDay).toBeCloseTo(27.756, 9);
  expect(unsampled).toMatchObject({
    tracesPerS: 1000,
    tracesPerDay: 86_400_000,
    gbPerDay: 864,
    moneyPerDay: 432,
  });
});

test('each promise has traces of its own size, and what waits has the size of the average trace', () => {
  const bytesOf: StrategyInput['bytesOf'] = ({ id }) => (id === 'errors' ? 20_000 : 1000);
  const strategy = strategyOf({ ...INPUT, bytesOf });
  expect(strategy.kept.gbPerDay).toBeCloseTo((5 * 20_000 + 59.25 * 1000) * 86_400 * 1e-9, 9);
  expect(meanBytes(strategy)).toBeCloseTo(0.005 * 20_000 + 0.995 * 1000, 9);
});

test('what is not known is not counted, and says so', () => {
  const second = { id: 'b', title: 'b', when: { kind: 'path', paths: ['/b'] }, keepPercent: 100 } as const;
  const [health, ...rest] = shop.promises;
  const strategy = strategyOf({ ...INPUT, promises: [health, second, ...rest] });
  expect(strategy.rows[1]).toMatchObject({ share: null, tracesPerS: null, kept: null });
  expect(strategy.kept.tracesPerS).toBe(64.25);
});

test('no traffic', () => {
  const strategy = strategyOf({ ...INPUT, traffic: { ...INPUT.traffic, ratePerS: 0 } });
  expect([strategy.kept.gbPerDay, meanBytes(strategy)]).toEqual([0, 0]);
});
