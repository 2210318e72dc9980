import { describe, expect, it } from 'vitest';
import {
  abandoned,
  batched,
  broken,
  later,
  limited,
  remembered,
  type Timed,
  type WhatIf,
} from '../../../analysis/bottlenecks/lib/what-if.ts';
import { batchLength } from '../../../analysis/bottlenecks/n-plus-one.ts';
import { call, span, view } from './support.ts';

const MS = 1000;
const root = span('root', null, 0, 100, { kind: 'server' });
/** What one trace would last, in milliseconds. */
const one = (whatIf: WhatIf, trace: ReturnType<typeof view>) =>
  whatIf.predict([{ ...whatIf.facts(trace), startUs: 0, key: null }]).map((us) => us / MS);
/** A trace of 10 ms, and a step that begins at once; times in milliseconds. */
const timed = (startMs: number, stepMs: number, key: string | null = null): Timed => ({
  startUs: startMs * MS,
  asIsUs: (10 + stepMs) * MS,
  withoutUs: 10 * MS,
  stepUs: stepMs * MS,
  stepAtUs: 0,
  key,
});
const predict = (whatIf: WhatIf, ...traces: readonly Timed[]) => whatIf.predict(traces).map((us) => us / MS);

describe('what a trace would last', () => {
  it('with one call for all', () => {
    const checks = [0, 20, 40].map((at) => call(`c${at}`, 'root', at, at + 10, 'b', { name: 'check' }));
    expect(one(batched('check', batchLength), view(root, ...checks))).toEqual([80]);
    expect(one(batched('check', batchLength), view(root, ...checks.slice(0, 1)))).toEqual([100]);
    expect(one(batched('other', batchLength), view(root, ...checks))).toEqual([100]);
  });

  it('when a step is done later', () => {
    expect(one(later('send'), view(root, span('send', 'root', 50, 90)))).toEqual([60]);
    expect(one(later('send'), view(root))).toEqual([100]);
  });

  it('when a call is given up', () => {
    const trace = view(root, call('c', 'root', 10, 90, 'theirs'));
    expect(one(limited('a -> theirs', 30 * MS), trace)).toEqual([50]);
    expect(one(limited('a -> theirs', 90 * MS), trace)).toEqual([100]);
    expect(one(limited('a -> b', 30 * MS), trace)).toEqual([100]);
  });

  it('when its caller gives up with the call: the rest is not done, and something else is', () => {
    const calls = [
      call('quick', 'root', 0, 5, 'b'),
      call('c1', 'root', 10, 40, 'b'),
      call('c2', 'root', 40, 70, 'b'),
    ];
    const trace = view(root, ...calls, span('pay', 'root', 70, 90));
    // 5 ms before, 10 + 10 of the given-up call, nothing of the second and of the payment, 10 to the end.
    expect(one(abandoned('a -> b', 10 * MS, { undone: ['pay'], insteadUs: 0 }), trace)).toEqual([30]);
    expect(one(abandoned('a -> b', 10 * MS, { undone: ['pay'], insteadUs: 7 * MS }), trace)).toEqual([37]);
    expect(one(abandoned('a -> b', 10 * MS, { undone: [], insteadUs: 0 }), trace)).toEqual([50]);
    // No call of it lasts so long.
    expect(one(abandoned('a -> b', 30 * MS, { undone: ['pay'], insteadUs: 7 * MS }), trace)).toEqual([100]);
    expect(one(abandoned('a -> other', 10 * MS, { undone: ['pay'], insteadUs: 7 * MS }), trace)).toEqual([
      100,
    ]);
  });

  it('when the answer is remembered: by key, for so long, and by who waits for it', () => {
    const cache = remembered('auth', 1000 * MS);
    expect(
      predict(cache, timed(0, 50, 'x'), timed(10, 50, 'y'), timed(20, 50, 'x'), timed(60, 50, 'x')),
    ).toEqual([
      60, 60,
      // Comes 30 ms before the answer is there.
      40, 10,
    ]);
    expect(predict(cache, timed(0, 50, 'x'), timed(1049, 50, 'x'), timed(1050, 50, 'x'))).toEqual([
      60, 10, 60,
    ]);
    expect(predict(cache, timed(0, 50), timed(60, 50))).toEqual([60, 60]);
  });

  describe('behind a breaker', () => {
    const settings = { timeoutUs: 100 * MS, failures: 2, halfOpenUs: 1000 * MS };
    const breaker = broken('a -> b', settings);

    it('when it opens, is left alone, is probed, and closes', () => {
      const traces = [
        timed(0, 20),
        timed(10, 500),
        timed(20, 500),
        // Before the second failure is known, at 120 ms.
        timed(119, 500),
        timed(121, 500),
        timed(1100, 500),
        // The probe fails at 1230 ms, and meanwhile nobody else is let through.
        timed(1130, 500),
        timed(1140, 20),
        timed(1231, 20),
        // The next one is good.
        timed(2231, 20),
        timed(2252, 20),
      ];
      const [failed, refused, good] = [10 + 100 + 20, 10 + 20, 10 + 20];
      expect(predict(breaker, ...traces)).toEqual([
        good,
        failed,
        failed,
        failed,
        refused,
        refused,
        failed,
        refused,
        refused,
        good,
        good,
      ]);
    });

    it('when nothing fails', () => {
      expect(predict(breaker, timed(0, 20), timed(10, 99))).toEqual([30, 109]);
      const without = broken('a -> b', { ...settings, timeoutUs: null });
      expect(predict(without, timed(0, 500), timed(10, 500), timed(600, 500))).toEqual([510, 510, 510]);
    });

    it('when a good answer comes between the failures', () => {
      expect(predict(breaker, timed(0, 500), timed(10, 95), timed(20, 500), timed(200, 20))).toEqual([
        205, 105, 205, 30,
      ]);
    });

    it('when there is no such call', () => {
      expect(one(breaker, view(root))).toEqual([100]);
      expect(breaker.predict([])).toEqual([]);
    });
  });
});
