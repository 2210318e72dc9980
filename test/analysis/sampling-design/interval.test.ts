import { expect, test } from 'vitest';
import { wilson } from '../../../analysis/sampling-design/interval.ts';

test("Wilson's interval, against values that were calculated elsewhere", () => {
  expect(wilson(24, 6000).least).toBeCloseTo(0.00268953, 7);
  expect(wilson(24, 6000).most).toBeCloseTo(0.00594518, 7);
  expect(wilson(15, 50).least).toBeCloseTo(0.19103554, 7);
  expect(wilson(15, 50).most).toBeCloseTo(0.4375035, 7);
});

test('at the ends', () => {
  expect(wilson(0, 0)).toEqual({ least: 0, most: 1 });
  expect(wilson(0, 100).least).toBe(0);
  expect(wilson(0, 100).most).toBeCloseTo(0.0369935, 6);
  expect(wilson(100, 100).least).toBeCloseTo(1 - wilson(0, 100).most, 9);
  expect(wilson(100, 100).most).toBe(1);
});
