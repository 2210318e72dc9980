import { expect, test } from 'vitest';
import { mostSpans } from '../../../harness/evidence/sampler/bounds.ts';
import type { Condition } from '../../../harness/evidence/sampler/condition.ts';

const limit = (spansPerSecond: number, burstSpans: number): Condition => ({
  kind: 'rateLimit',
  spansPerSecond,
  burstSpans,
});
const always: Condition = { kind: 'always' };

test('a bucket that is full at the start, and what runs in', () => {
  expect(mostSpans(limit(10, 20), 3)).toBe(50);
  expect(mostSpans(limit(10, 20), 0.55)).toBe(25);
  expect(mostSpans(limit(10, 20), 3, 4)).toBe(200);
});

test('the narrowest of several, none without a limit', () => {
  expect(mostSpans({ kind: 'and', of: [always, limit(10, 20), limit(5, 5)] }, 1)).toBe(10);
  expect(mostSpans({ kind: 'and', of: [always] }, 1)).toBeUndefined();
  expect(mostSpans({ kind: 'not', of: limit(1, 1) }, 1)).toBeUndefined();
});

test('a composite counts by the seconds of the clock', () => {
  const of = [3, 4].map((spansPerSecond) => ({ condition: always, spansPerSecond }));
  expect(mostSpans({ kind: 'composite', of }, 1.5)).toBe(21);
});
