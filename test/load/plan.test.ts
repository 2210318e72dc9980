import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../harness/contracts.ts';
import { plan, requestsOf, segments } from '../../harness/load/plan.ts';

const traffic: readonly Route[] = [
  {
    id: 'read',
    weight: 9,
    request: (random) => ({ method: 'GET', path: `/items/${Math.floor(random() * 100)}` }),
  },
  {
    id: 'write',
    weight: 1,
    request: (_random, unique) => ({ method: 'POST', path: '/items', body: unique }),
  },
];
const segment = { name: 'measured', rate: 1000, durationS: 10, firstSeq: 0 };

describe('plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect([...plan(7, traffic, segment)]).toEqual([...plan(7, traffic, segment)]);
    const ids = new Set([...plan(7, traffic, segment)].map(({ traceId }) => traceId));
    expect([...plan(8, traffic, segment)].filter(({ traceId }) => ids.has(traceId))).toEqual([]);
  });

  it('makes a request from its number alone, whatever the segment that it is in', () => {
    const all = [...plan(7, traffic, segment)];
    const late = [...plan(7, traffic, { ...segment, rate: 50, durationS: 2, firstSeq: 500 })];
    expect(late).toEqual(all.slice(500, 600));
  });

  it('gives each request ids of its own and the routes their shares', () => {
    const all = [...plan(7, traffic, segment)];
    expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(10_000);
    expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(10_000);
    for (const { traceId, spanId } of all.slice(0, 100)) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    }
    // Binomial(10000, 0.1): 1000 with a standard deviation of 30; six of them either way.
    const writes = all.filter(({ route }) => route === 'write').length;
    expect(writes).toBeGreaterThan(820);
    expect(writes).toBeLessThan(1180);
  });
});

describe('segments', () => {
  it('number the requests without gap or overlap, the measured one last and whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 3, max: 300 }),
        (rate, warmupS, measuredS) => {
          const list = segments(rate, warmupS, measuredS);
          let next = 0;
          for (const each of list) {
            expect(each.firstSeq).toBe(next);
            next += requestsOf(each);
          }
          expect(list.at(-1)).toMatchObject({ name: 'measured', rate, durationS: measuredS });
          expect(next - (list.at(-1)?.firstSeq ?? 0)).toBe(rate * measuredS);
        },
      ),
    );
  });

  it('bring the rate up in steps and never beyond it', () => {
    const rates = segments(1000, 15, 70).map(({ rate }) => rate);
    expect(rates).toEqual([100, 250, 500, 750, 1000, 1000]);
  });
});
