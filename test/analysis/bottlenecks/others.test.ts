import { describe, expect, it } from 'vitest';
import missingTimeOut from '../../../analysis/bottlenecks/missing-time-out.ts';
import repeated from '../../../analysis/bottlenecks/repeated-identical-query.ts';
import retryStorm from '../../../analysis/bottlenecks/retry-storm.ts';
import serialFanOut from '../../../analysis/bottlenecks/serial-fan-out.ts';
import slowStart from '../../../analysis/bottlenecks/slow-start.ts';
import sideEffect from '../../../analysis/bottlenecks/synchronous-side-effect.ts';
import timeInNoSpan from '../../../analysis/bottlenecks/time-in-no-span.ts';
import { call, known, query, seen, span, view } from './support.ts';

const root = (ms: number) => span('root', null, 0, ms, { kind: 'server' });

describe('retry-storm', () => {
  const tries = (...failed: readonly boolean[]) =>
    failed.map((isError, index) =>
      call(`t${index}`, 'root', index * 100, index * 100 + 50, 'b', { name: 'try', isError }),
    );

  it('sees tries that fail, and saves them with the pauses between them', () => {
    expect(seen(retryStorm, view(root(300), ...tries(true, true, false)))).toEqual([
      { span: 'try', edge: 'a -> b', spans: ['t0', 't1', 't2'], savesMs: 200 },
    ]);
    const by503 = tries(false, false, false).map((each) => ({ ...each, httpStatus: 503 }));
    expect(seen(retryStorm, view(root(300), ...by503))).toHaveLength(1);
  });

  it('says nothing of one retry, and of calls that succeed', () => {
    expect(seen(retryStorm, view(root(300), ...tries(true, false)))).toEqual([]);
    expect(seen(retryStorm, view(root(300), ...tries(true, false, true)))).toEqual([]);
  });
});

describe('repeated-identical-query', () => {
  const ask = (id: string, at: number, request: string | null, verb = 'SELECT') =>
    query(id, 'root', at, at + 10, { name: 'q', request, verb });

  it('sees the same question anywhere in the trace', () => {
    const step = span('step', 'root', 50, 90);
    const again = query('again', 'step', 60, 80, { name: 'q', request: 'SELECT 1' });
    expect(seen(repeated, view(root(100), ask('x', 0, 'SELECT 1'), step, again))).toEqual([
      { span: 'q', edge: 'a -> postgresql', spans: ['again', 'x'], savesMs: 20 },
    ]);
  });

  it('says nothing of others, of what is not known in full, of writes and of failures', () => {
    expect(seen(repeated, view(root(100), ask('x', 0, 'SELECT 1'), ask('y', 20, 'SELECT 2')))).toEqual([]);
    expect(seen(repeated, view(root(100), ask('x', 0, null), ask('y', 20, null)))).toEqual([]);
    const write = (id: string, at: number) => ask(id, at, 'INSERT', 'INSERT');
    expect(seen(repeated, view(root(100), write('x', 0), write('y', 20)))).toEqual([]);
    const failed = { ...ask('x', 0, 'SELECT 1'), isError: true };
    expect(seen(repeated, view(root(100), failed, ask('y', 20, 'SELECT 1')))).toEqual([]);
  });
});

describe('serial-fan-out', () => {
  const read = (id: string, at: number, ms: number, more = {}) =>
    call(id, 'root', at, at + ms, 'b', { verb: 'GET', ...more });

  it('sees reads one after the other, and saves all but the longest', () => {
    const trace = view(root(100), read('x', 0, 20), read('y', 20, 30), read('z', 50, 10));
    expect(seen(serialFanOut, trace)).toEqual([
      { span: 'x, y, z', edge: 'a -> b', spans: ['x', 'y', 'z'], savesMs: 30 },
    ]);
  });

  it('sees one operation at several callees', () => {
    const at = (peer: string, from: number) => call(peer, 'root', from, from + 20, peer, { name: 'search' });
    expect(seen(serialFanOut, view(root(100), at('b', 0), at('c', 20), at('d', 40)))).toMatchObject([
      { span: 'search', edge: 'a -> b, c, d', savesMs: 40 },
    ]);
  });

  it('says nothing of two, of writes in between, of one operation (N+1), and of what runs together already', () => {
    expect(seen(serialFanOut, view(root(100), read('x', 0, 20), read('y', 20, 30)))).toEqual([]);
    const post = read('w', 50, 10, { verb: 'POST' });
    expect(
      seen(serialFanOut, view(root(100), read('x', 0, 20), read('y', 20, 30), post, read('z', 60, 10))),
    ).toEqual([]);
    const same = [0, 20, 40].map((at) => read(`s${at}`, at, 20, { name: 'same' }));
    expect(seen(serialFanOut, view(root(100), ...same))).toEqual([]);
    expect(seen(serialFanOut, view(root(100), read('x', 0, 50), read('y', 1, 50), read('z', 2, 50)))).toEqual(
      [],
    );
  });
});

describe('missing-time-out', () => {
  it('sees a wait of many times the usual', () => {
    const trace = view(root(3000), call('c', 'root', 0, 2500, 'b'));
    expect(seen(missingTimeOut, trace, known(trace, {}))).toEqual([
      { span: 'c', edge: 'a -> b', spans: ['c'], savesMs: 2400 },
    ]);
  });

  it('blames the call that is waited for, not those who wait for its caller', () => {
    const trace = view(
      root(3000),
      call('outer', 'root', 0, 2600, 'b'),
      span('serve', 'outer', 10, 2590, { kind: 'server', service: 'b' }),
      call('inner', 'serve', 20, 2580, 'c', { service: 'b' }),
    );
    expect(seen(missingTimeOut, trace, known(trace, {}))).toMatchObject([{ span: 'inner', edge: 'b -> c' }]);
  });

  it('says nothing of what is usual, short, failed, or alone and below ten seconds', () => {
    const trace = view(root(3000), call('c', 'root', 0, 2500, 'b'));
    expect(seen(missingTimeOut, trace, known(trace, { p50Us: 300_000 }))).toEqual([]);
    expect(seen(missingTimeOut, trace, known(trace, { calls: 19 }))).toEqual([]);
    const short = view(root(3000), call('c', 'root', 0, 900, 'b'));
    expect(seen(missingTimeOut, short, known(short, {}))).toEqual([]);
    const failed = view(root(3000), call('c', 'root', 0, 2500, 'b', { isError: true }));
    expect(seen(missingTimeOut, failed, known(failed, {}))).toEqual([]);
    expect(seen(missingTimeOut, view(root(20_000), call('c', 'root', 0, 15_000, 'b')))).toMatchObject([
      { savesMs: 10_000 },
    ]);
  });
});

describe('synchronous-side-effect', () => {
  it('sees what is done beside, by its name or by an answer of 202', () => {
    const step = span('notification.send', 'root', 100, 150);
    const trace = view(root(200), step, call('POST', step.spanId, 101, 149, 'b'));
    expect(seen(sideEffect, trace)).toEqual([
      { span: 'notification.send', edge: 'a -> b', spans: ['notification.send'], savesMs: 50 },
    ]);
    expect(
      seen(sideEffect, view(root(200), call('tell', 'root', 0, 50, 'b', { httpStatus: 202 }))),
    ).toHaveLength(1);
    expect(seen(sideEffect, view(root(200), call('POST', 'root', 0, 50, 'mailer')))).toHaveLength(1);
    // Who answers 202 as well has passed on what it was told.
    const passedOn = view(
      span('root', null, 0, 200, { kind: 'server', httpStatus: 202 }),
      call('tell', 'root', 0, 50, 'b', { httpStatus: 202 }),
    );
    expect(seen(sideEffect, passedOn)).toEqual([]);
  });

  it('says nothing of a queue, of other calls, of little, and of words within words', () => {
    const producer = span('notification.send', 'root', 100, 150, { kind: 'producer' });
    expect(seen(sideEffect, view(root(200), producer, call('POST', producer.spanId, 101, 149, 'b')))).toEqual(
      [],
    );
    expect(seen(sideEffect, view(root(200), call('charge', 'root', 0, 50, 'b')))).toEqual([]);
    expect(seen(sideEffect, view(root(9000), call('email.send', 'root', 0, 50, 'b')))).toEqual([]);
    expect(
      seen(
        sideEffect,
        view(root(200), call('catalogue.read', 'root', 0, 50, 'b'), call('login', 'root', 60, 90, 'b')),
      ),
    ).toEqual([]);
  });
});

describe('slow-start', () => {
  it('sees the first calls of an edge that are slower than the later ones', () => {
    const trace = view(root(300), call('c', 'root', 10, 210, 'b'));
    const cold = known(trace, { firstP50Us: 100_000, firstUntilUs: 10_000 });
    expect(seen(slowStart, trace, cold)).toEqual([{ span: 'b', edge: 'a -> b', spans: ['c'], savesMs: 190 }]);
  });

  it('says nothing of later calls, of few, and where the first are as quick', () => {
    const trace = view(root(300), call('c', 'root', 10, 210, 'b'));
    expect(seen(slowStart, trace, known(trace, { firstP50Us: 100_000, firstUntilUs: 9_000 }))).toEqual([]);
    expect(seen(slowStart, trace, known(trace, { firstP50Us: 29_000, firstUntilUs: 10_000 }))).toEqual([]);
    expect(
      seen(slowStart, trace, known(trace, { firstP50Us: 100_000, firstUntilUs: 10_000, calls: 39 })),
    ).toEqual([]);
    expect(seen(slowStart, trace)).toEqual([]);
  });
});

describe('time-in-no-span', () => {
  it('sees what a span spends by itself, and saves at most that', () => {
    const trace = view(root(100), call('c', 'root', 0, 60, 'b'));
    expect(seen(timeInNoSpan, trace)).toEqual([{ span: 'root', edge: null, spans: ['root'], savesMs: 40 }]);
    const serve = span('serve', 'c', 5, 55, { kind: 'server', service: 'b' });
    expect(seen(timeInNoSpan, view(root(100), call('c', 'root', 0, 60, 'x'), serve))).toMatchObject([
      { span: 'root' },
      { span: 'serve', savesMs: 50 },
    ]);
  });

  it('says nothing of calls, of named steps, of others, and of little', () => {
    const theirs = span('serve', 'c', 5, 95, { kind: 'server', service: 'theirs' });
    expect(seen(timeInNoSpan, view(root(100), call('c', 'root', 0, 100, 'x'), theirs))).toEqual([]);
    expect(seen(timeInNoSpan, view(root(100), span('step', 'root', 0, 100)))).toEqual([]);
    expect(seen(timeInNoSpan, view(root(100), call('c', 'root', 0, 76, 'b')))).toEqual([]);
    expect(seen(timeInNoSpan, view(root(9)))).toEqual([]);
  });
});
