import { describe, expect, it } from 'vitest';
import { scoreOf } from '../../../analysis/root-cause/score.ts';

const of = (truth: string | null, ...suspects: string[]) => ({ run: `run ${truth}`, truth, suspects });

describe('scoreOf', () => {
  it('counts the first, and the first three', () => {
    const score = scoreOf([
      of('a', 'a', 'b'),
      of('b', 'a', 'c', 'b'),
      of('c', 'a', 'b', 'd', 'c'),
      of('d'),
      of(null),
      of(null, 'a'),
    ]);
    expect(score).toMatchObject({ cases: 6, withoutFault: 2, top1: { hits: 2 }, top3: { hits: 3 } });
    expect(score?.misses.map(({ run }) => run)).toEqual(['run b', 'run c', 'run d', 'run null']);
  });

  it('has the Wilson interval', () => {
    const { top1 } = scoreOf(Array.from({ length: 10 }, (_, i) => of('a', i === 0 ? 'b' : 'a'))) ?? {};
    expect(top1).toMatchObject({ hits: 9, share: 0.9 });
    expect(top1?.low).toBeCloseTo(0.596, 3);
    expect(top1?.high).toBeCloseTo(0.982, 3);
  });

  it('is null without a case', () => {
    expect(scoreOf([])).toBeNull();
  });
});
