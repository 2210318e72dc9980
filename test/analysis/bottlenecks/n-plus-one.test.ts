import { describe, expect, it } from 'vitest';
import detector, { batchLength } from '../../../analysis/bottlenecks/n-plus-one.ts';
import { call, query, seen, span, view } from './support.ts';

describe('n-plus-one', () => {
  const root = span('root', null, 0, 200);
  const check = (id: string, from: number, until: number) =>
    call(id, 'root', from, until, 'b', { name: `check (${id})` });

  it('sees calls for each item, one after the other', () => {
    const trace = view(root, check('x', 0, 40), check('y', 45, 80), check('z', 80, 122));
    expect(seen(detector, trace)).toEqual([
      { span: 'check', edge: 'a -> b', spans: ['x', 'y', 'z'], savesMs: 40 + 35 + 42 - 40 },
    ]);
  });

  it('sees queries, and steps that make one call each', () => {
    const queries = [0, 20, 40].map((at) =>
      query(`q${at}`, 'root', at, at + 10, { name: `SELECT item ${at}` }),
    );
    expect(seen(detector, view(root, ...queries))).toMatchObject([{ span: 'SELECT item *', savesMs: 20 }]);
    const steps = [0, 20, 40].flatMap((at) => [
      span(`s${at}`, 'root', at, at + 15, { name: 'load' }),
      call(`c${at}`, `s${at}`, at + 1, at + 14, 'b', { name: 'POST' }),
    ]);
    expect(seen(detector, view(root, ...steps))).toMatchObject([
      { span: 'load', spans: ['s0', 's20', 's40'] },
    ]);
  });

  it('says nothing of two, of calls at the same time, of different ones, and of what is no call', () => {
    expect(seen(detector, view(root, check('x', 0, 40), check('y', 45, 80)))).toEqual([]);
    expect(seen(detector, view(root, check('x', 0, 40), check('y', 1, 41), check('z', 2, 42)))).toEqual([]);
    const others = [
      call('p', 'root', 0, 10, 'b'),
      call('q', 'root', 10, 20, 'b'),
      call('r', 'root', 20, 30, 'b'),
    ];
    expect(seen(detector, view(root, ...others))).toEqual([]);
    const loop = [0, 20, 40].map((at) => span(`l${at}`, 'root', at, at + 10, { name: 'item' }));
    expect(seen(detector, view(root, call('c', 'root', 60, 70, 'b'), ...loop))).toEqual([]);
  });

  it('takes the batch for as long as the middle one, of two the longer', () => {
    const lengths = (...ms: number[]) => ms.map((endUs) => ({ startUs: 0, endUs }));
    expect(batchLength(lengths(40, 35, 42, 38))).toBe(40);
    expect(batchLength(lengths(1, 9, 5))).toBe(5);
    expect(batchLength([])).toBe(0);
  });
});
