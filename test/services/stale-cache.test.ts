import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpError } from '../../services/lib/http-error.ts';
import { StaleCache } from '../../services/lib/stale-cache.ts';

const OUTAGE = new HttpError(503, 'down', 'down');
const REFUSAL = new HttpError(401, 'no', 'no');

describe('a cache with stale-if-error', () => {
  let now = 0;
  let loads = 0;
  const value = (text: string) => async () => {
    loads++;
    return text;
  };
  const failing = (error: Error) => async (): Promise<string> => {
    loads++;
    throw error;
  };
  beforeEach(() => {
    now = 0;
    loads = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  const cache = () => new StaleCache<string>({ freshMs: 100, staleMs: 1000, most: 2 });

  it('asks again only when the value is no longer fresh', async () => {
    const tokens = cache();
    expect(await tokens.get('a', value('1'))).toEqual({ value: '1', source: 'loaded' });
    now = 99;
    expect(await tokens.get('a', value('2'))).toEqual({ value: '1', source: 'fresh' });
    now = 100;
    expect(await tokens.get('a', value('3'))).toEqual({ value: '3', source: 'loaded' });
    expect(loads).toBe(2);
  });

  it('shows the old value while asking fails, and no longer than it may', async () => {
    const tokens = cache();
    await tokens.get('a', value('1'));
    now = 100;
    expect(await tokens.get('a', failing(OUTAGE))).toEqual({ value: '1', source: 'stale' });
    now = 1099;
    expect(await tokens.get('a', failing(OUTAGE))).toEqual({ value: '1', source: 'stale' });
    now = 1100;
    await expect(tokens.get('a', failing(OUTAGE))).rejects.toBe(OUTAGE);
  });

  it('does not let others wait for a callee that has just failed, and does not ask it more often than usual', async () => {
    const tokens = cache();
    await tokens.get('a', value('1'));
    now = 100;
    await tokens.get('a', failing(OUTAGE));
    expect(loads).toBe(2);
    now = 199;
    for (let n = 0; n < 5; n++) expect((await tokens.get('a', failing(OUTAGE))).source).toBe('stale');
    expect(loads).toBe(2);
    now = 200;
    // A load that never ends keeps nobody.
    expect((await tokens.get('a', () => new Promise(() => {}))).source).toBe('stale');
  });

  it('takes the new value as soon as the callee is back', async () => {
    const tokens = cache();
    await tokens.get('a', value('1'));
    now = 100;
    await tokens.get('a', failing(OUTAGE));
    now = 200;
    await tokens.get('a', value('2'));
    expect(await tokens.get('a', value('3'))).toEqual({ value: '2', source: 'fresh' });
  });

  it('passes a refusal on and forgets the value', async () => {
    const tokens = cache();
    await tokens.get('a', value('1'));
    now = 100;
    await expect(tokens.get('a', failing(REFUSAL))).rejects.toBe(REFUSAL);
    await expect(tokens.get('a', failing(OUTAGE))).rejects.toBe(OUTAGE);
  });

  it('keeps the newest keys, and loads one for all that ask at the same time', async () => {
    const tokens = cache();
    await Promise.all([tokens.get('a', value('1')), tokens.get('a', value('2'))]);
    expect(loads).toBe(1);
    await tokens.get('b', value('b'));
    await tokens.get('c', value('c'));
    expect((await tokens.get('a', value('again'))).value).toBe('again');
  });

  it('of no time at all keeps nothing', async () => {
    const none = new StaleCache<string>({ freshMs: 0, staleMs: 0, most: 2 });
    await Promise.all([none.get('a', value('1')), none.get('a', value('2'))]);
    expect(loads).toBe(2);
    await expect(none.get('a', failing(OUTAGE))).rejects.toBe(OUTAGE);
  });
});
