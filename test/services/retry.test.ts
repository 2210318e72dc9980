import { beforeEach, describe, expect, it, vi } from 'vitest';

describe('retries', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.unstubAllEnvs();
  });
  const load = async (environment: Record<string, string> = {}) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    return (await import('../../services/lib/retry.ts')).createRetry;
  };
  const failing =
    (counter: { calls: number }, error = new Error('down')) =>
    async () => {
      counter.calls++;
      throw error;
    };

  it('try again until the call succeeds, at most twice', async () => {
    const retry = (await load())(() => true);
    let calls = 0;
    const succeedAt = (n: number) => async () => {
      calls++;
      if (calls < n) throw new Error('down');
      return calls;
    };
    expect(await retry(succeedAt(3))).toBe(3);
    calls = 0;
    await expect(retry(succeedAt(4))).rejects.toThrow('down');
    expect(calls).toBe(3);
  });

  it('do not repeat what another try cannot mend', async () => {
    const counter = { calls: 0 };
    const retry = (await load())(() => false);
    await expect(retry(failing(counter))).rejects.toThrow('down');
    expect(counter.calls).toBe(1);
  });

  it('stay within their budget: a tenth of the calls, and twenty', async () => {
    const counter = { calls: 0 };
    const retry = (await load())(() => true);
    await Promise.allSettled(Array.from({ length: 500 }, () => retry(failing(counter))));
    expect(counter.calls).toBeGreaterThan(500);
    expect(counter.calls).toBeLessThanOrEqual(500 + 50 + 20);
  });

  it('can be made a storm, and be switched off', async () => {
    const storm = { calls: 0 };
    const stormy = (await load({ RETRY_BUDGET_PERCENT: '100000' }))(() => true);
    await Promise.allSettled(Array.from({ length: 20 }, () => stormy(failing(storm))));
    expect(storm.calls).toBe(60);
    vi.resetModules();
    const off = { calls: 0 };
    const none = (await load({ RETRIES: 'off' }))(() => true);
    await expect(none(failing(off))).rejects.toThrow('down');
    expect(off.calls).toBe(1);
  });
});
