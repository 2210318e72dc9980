import { describe, expect, it } from 'vitest';
import detector from '../../../analysis/bottlenecks/dominant-external-call.ts';
import type { PathSpan } from '../../../analysis/critical-path/span.ts';
import { call, known, query, seen, span, view } from './support.ts';

const trace = (...more: readonly PathSpan[]) =>
  view(span('root', null, 0, 1000, { kind: 'server' }), ...more);

describe('dominant-external-call', () => {
  it('sees a call to somebody outside that takes most of the time', () => {
    const found = seen(detector, trace(call('pay', 'root', 100, 900, 'bank')));
    expect(found).toEqual([{ span: 'pay', edge: 'a -> bank', spans: ['pay'], savesMs: 800 }]);
  });

  it('sees a query, and a service that is external though it sends spans', () => {
    expect(seen(detector, trace(query('q', 'root', 0, 600)))).toMatchObject([{ edge: 'a -> postgresql' }]);
    const server = span('s', 'pay', 10, 890, { kind: 'server', service: 'theirs' });
    expect(seen(detector, trace(call('pay', 'root', 0, 900, 'x'), server))).toMatchObject([
      { edge: 'a -> theirs' },
    ]);
  });

  it('says nothing of our own services, of small shares, of what is quick, and of what is not waited for', () => {
    expect(seen(detector, trace(call('c', 'root', 0, 900, 'b')))).toEqual([]);
    expect(seen(detector, trace(call('c', 'root', 0, 299, 'bank')))).toEqual([]);
    expect(seen(detector, view(span('root', null, 0, 12), call('c', 'root', 0, 9, 'bank')))).toEqual([]);
    const beside = trace(call('c', 'root', 0, 900, 'bank'), span('work', 'root', 0, 1000));
    expect(seen(detector, beside)).toEqual([]);
  });

  it('saves what is more than usual, where that is known', () => {
    const slow = trace(call('pay', 'root', 100, 900, 'bank'));
    expect(seen(detector, slow, known(slow, {}))).toMatchObject([{ savesMs: 790 }]);
    const [usual] = detector.find(slow, known(slow, { p50Us: 700_000 }));
    expect([usual?.variant, usual?.figures.isUsual]).toEqual(['usual', 1]);
    // Too few to know what is usual.
    expect(seen(detector, slow, known(slow, { calls: 19 }))).toMatchObject([{ savesMs: 800 }]);
  });
});
