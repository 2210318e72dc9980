import { expect, test } from 'vitest';
import { wilson } from '../../../analysis/lib/wilson.ts';

test("Wilson's interval, against values that were calculated elsewhere", () => {
  expect(wilson(24, 6000).low).toBeCloseTo(0.00268953, 7);
  expect(wilson(24, 6000).high).toBeCloseTo(0.00594518, 7);
  expect(wilson(15, 50).low).toBeCloseTo(0.19103554, 7);
  expect(wilson(15, 50).high).toBeCloseTo(0.4375035, 7);
  expect(wilson(5, 10).low).toBeCloseTo(0.2366, 4);
  expect(wilson(5, 10).high).toBeCloseTo(0.7634, 4);
});

test('at the ends', () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  expect(wilson(0, 100).low).toBe(0);
  expect(wilson(0, 100).high).toBeCloseTo(0.0369935, 6);
  expect(wilson(100, 100).low).toBeCloseTo(1 - wilson(0, 100).high, 9);
  expect(wilson(100, 100).high).toBe(1);
});
