import { describe, expect, it } from 'vitest';
import { classify } from '../../../analysis/matrix/classify.ts';
import type { PhaseFacts, RouteFacts } from '../../../analysis/matrix/route-facts.ts';

const WELL: PhaseFacts = { requests: 100, recorded: 100, good: 100, degraded: 0, slow: 0, p50Us: 20_000 };

function facts(fault: Partial<PhaseFacts>, baseline: Partial<PhaseFacts> = {}): RouteFacts {
  return {
    route: 'order',
    baseline: { ...WELL, ...baseline },
    fault: { ...WELL, ...fault },
    slowUs: 120_000,
  };
}

describe('classify', () => {
  it.each<[string, Partial<PhaseFacts>, Partial<PhaseFacts>, string, number]>([
    ['nothing changed', {}, {}, 'unaffected', 1],
    ['half of the answers are good still', { good: 50 }, {}, 'degraded', 0.5],
    ['fewer than half are', { good: 49 }, {}, 'failed', 0.49],
    ['none is', { good: 0, p50Us: null }, {}, 'failed', 0],
    ['clearly fewer are good', { good: 90 }, {}, 'degraded', 0.9],
    ['a few fail, as by chance', { good: 97 }, {}, 'unaffected', 0.97],
    ['as many fail as before', { good: 93 }, { good: 92 }, 'unaffected', 93 / 92],
    [
      'a few hundredths of many fail',
      { requests: 10_000, recorded: 10_000, good: 9850 },
      {},
      'unaffected',
      0.985,
    ],
    ['the answers are marked as degraded', { degraded: 100 }, {}, 'degraded', 1],
    ['as many are as before', { degraded: 30 }, { degraded: 28 }, 'unaffected', 1],
    ['a fifth is slow, and the twentieth was', { slow: 26 }, { slow: 5 }, 'degraded', 1],
    ['a few are slow', { slow: 10 }, { slow: 5 }, 'unaffected', 1],
    ['all answers that are left are slow', { good: 60, slow: 60 }, {}, 'degraded', 0.6],
  ])('when %s', (_, fault, baseline, outcome, ratio) => {
    const found = classify(facts(fault, baseline));
    expect(found).toMatchObject({ route: 'order', outcome });
    expect(found.goodputRatio).toBeCloseTo(ratio);
  });

  it.each<[string, Partial<PhaseFacts>, Partial<PhaseFacts>, string]>([
    [
      'there are too few requests',
      { requests: 29, recorded: 29, good: 29 },
      {},
      '29 requests of order in the fault phase, 30 are needed: make it longer',
    ],
    [
      'there were too few before',
      {},
      { requests: 29, recorded: 29, good: 29 },
      '29 requests of order in the baseline, 30 are needed: make it longer',
    ],
    [
      'there is none',
      { requests: 0, recorded: 0, good: 0, p50Us: null },
      {},
      '0 requests of order in the fault phase, 30 are needed: make it longer',
    ],
    [
      'too many have no record',
      { recorded: 94, good: 94 },
      {},
      '6 of 100 requests of order in the fault phase have no record',
    ],
    ['it was ill before', {}, { good: 89 }, 'order was ill before: 89 of 100 answers good in the baseline'],
  ])('says nothing when %s', (_, fault, baseline, because) => {
    expect(classify(facts(fault, baseline))).toEqual({
      route: 'order',
      outcome: 'unknown',
      goodputRatio: null,
      because,
    });
  });

  it('just has enough', () => {
    const least = { requests: 30, recorded: 30, good: 30 };
    expect(classify(facts(least, least)).outcome).toBe('unaffected');
    expect(classify(facts({ recorded: 95, good: 95 })).outcome).toBe('unaffected');
    expect(classify(facts({ good: 90 }, { good: 90 })).outcome).toBe('unaffected');
  });

  it('does not say slow when something else may be to blame, and still says failed', () => {
    const doubt = 'the machine was saturated';
    expect(classify(facts({ slow: 100 }), doubt)).toMatchObject({
      outcome: 'unknown',
      because: expect.stringContaining(`but ${doubt}`),
    });
    expect(classify(facts({ good: 0 }), doubt).outcome).toBe('failed');
    expect(classify(facts({ slow: 100, degraded: 100 }), doubt).outcome).toBe('degraded');
    expect(classify(facts({}), doubt).outcome).toBe('unaffected');
  });
});
