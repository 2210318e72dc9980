import { describe, expect, it } from 'vitest';
import { BreakerOpen, createBreaker } from '../../services/payment/breaker.ts';

const HALF_OPEN_MS = 40;

async function opened() {
  const breaker = createBreaker({ failures: 1, halfOpenAfterMs: HALF_OPEN_MS, isFailure: () => true });
  await expect(breaker.call(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  return breaker;
}

describe('what the breaker knows to be sick', () => {
  it('is so no longer when it has been open for a while, although no call has closed it', async () => {
    const breaker = await opened();
    expect([breaker.isSick(), breaker.refuses()]).toEqual([true, true]);
    await expect.poll(() => breaker.isSick()).toBe(false);
    expect(await breaker.call(async (state) => state)).toBe('half_open');
  });

  it('is so no longer when its probe takes for ever, while other calls are still refused', async () => {
    const breaker = await opened();
    await expect.poll(() => breaker.refuses()).toBe(false);
    void breaker.call(() => new Promise<never>(() => {}));
    expect([breaker.isSick(), breaker.refuses()]).toEqual([true, true]);
    await expect.poll(() => breaker.isSick()).toBe(false);
    expect(breaker.refuses()).toBe(true);
    await expect(breaker.call(async () => 'asked')).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('is nothing once the probe has succeeded', async () => {
    const breaker = await opened();
    await expect.poll(() => breaker.refuses()).toBe(false);
    await breaker.call(async () => 'asked');
    expect([breaker.isSick(), breaker.refuses()]).toEqual([false, false]);
  });
});
