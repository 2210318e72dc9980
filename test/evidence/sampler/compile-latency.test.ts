import { describe, expect, test } from 'vitest';
import { only } from './predict.ts';

describe('latency', () => {
  const latency = (threshold_ms: number, upper_threshold_ms = 0) => ({
    name: 'latency',
    type: 'latency',
    latency: { threshold_ms, upper_threshold_ms },
  });
  test('is that of the whole trace, in whole milliseconds, above the threshold', async () => {
    expect(await only([latency(100)], { fromMs: 0, toMs: 60 }, { fromMs: 50, toMs: 101.5 })).toBe(
      'keep by latency',
    );
    expect(await only([latency(100)], { fromMs: 0, toMs: 100.999 })).toBe('drop');
    expect(await only([latency(100)], { fromMs: 0, toMs: 101.001 })).toBe('keep by latency');
  });
  test('at the very edge it depends on nanoseconds, which the evidence does not have', async () => {
    expect(await only([latency(100)], { fromMs: 0, toMs: 101 })).toBe('unknown');
  });
  test('a negative threshold is cut towards zero as well', async () => {
    expect(await only([latency(-1)], { toMs: 0 })).toBe('keep by latency');
    expect(await only([latency(-1)], { fromMs: 1, toMs: 0.5 })).toBe('keep by latency');
    expect(await only([latency(-1)], { fromMs: 3, toMs: 0 })).toBe('drop');
  });
  test('within an upper bound, which is included', async () => {
    expect(await only([latency(100, 200)], { toMs: 150 })).toBe('keep by latency');
    expect(await only([latency(100, 200)], { toMs: 200.999 })).toBe('keep by latency');
    expect(await only([latency(100, 200)], { toMs: 201 })).toBe('unknown');
    expect(await only([latency(100, 200)], { toMs: 201.001 })).toBe('drop');
    expect(await only([latency(100, 200)], { toMs: 50 })).toBe('drop');
    expect(await only([latency(100, 200)], { toMs: 300 })).toBe('drop');
  });
  test('above an upper bound, decided is only what is the same in any order of the spans', async () => {
    expect(await only([latency(100, 200)], { toMs: 150 }, { toMs: 300 })).toBe('unknown');
    // Two short spans far apart: too short alone, too long together.
    expect(await only([latency(100, 200)], { toMs: 50 }, { fromMs: 250, toMs: 300 })).toBe('drop');
    // Whichever comes first is within the bounds.
    expect(await only([latency(100, 200)], { toMs: 150 }, { fromMs: 150, toMs: 300 })).toBe(
      'keep by latency',
    );
    // The third completes a part that is within them.
    expect(
      await only([latency(100, 200)], { toMs: 50 }, { fromMs: 100, toMs: 150 }, { fromMs: 250, toMs: 300 }),
    ).toBe('unknown');
    expect(await only([latency(100, 200)], ...Array.from({ length: 101 }, () => ({ toMs: 300 })))).toBe(
      'unknown',
    );
  });
  test('the processor forgets a start of 0, so its order of the spans decides', async () => {
    expect(await only([latency(100)], { startUs: 0, toMs: 150 })).toBe('keep by latency');
    expect(
      await only([latency(100)], { startUs: 0, toMs: 150 }, { startUs: 0, fromMs: 100, toMs: 150 }),
    ).toBe('unknown');
  });
});
