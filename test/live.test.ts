import { describe, expect, it } from 'vitest';
import type { LoadRecord } from '../harness/contracts.ts';
import { LiveStats } from '../harness/live.ts';

const record = (second: number, latencyMs: number, over: Partial<LoadRecord> = {}): LoadRecord => ({
  traceId: '0'.repeat(32),
  route: 'page',
  dueUs: second * 1e6,
  sentUs: second * 1e6 + 2000,
  latencyUs: latencyMs * 1000 - 2000,
  status: 200,
  error: null,
  bytesIn: 0,
  ...over,
});

describe('LiveStats', () => {
  it('counts the last whole seconds only, latency from when a request was due', () => {
    const stats = new LiveStats(5);
    for (let second = 0; second < 20; second++) {
      for (let i = 1; i <= 100; i++) stats.add(record(second, second < 14 ? 900 : i));
    }
    const view = stats.view(19e6);
    expect(view.rate).toBe(100);
    expect(view.routes).toEqual([{ route: 'page', answers: 500, errors: 0, p99Ms: 99 }]);
  });

  it('counts an answer of 500 and no answer as errors, 404 not', () => {
    const stats = new LiveStats(5);
    for (const status of [200, 404, 500, 504, 0]) stats.add(record(3, 10, { status }));
    expect(stats.view(4e6).errors).toBe(3);
  });

  it('has no p99 without answers', () => {
    expect(new LiveStats().view(10e6)).toEqual({ rate: 0, errors: 0, routes: [] });
  });
});
