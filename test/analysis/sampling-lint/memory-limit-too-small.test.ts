import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/memory-limit-too-small.ts';
import { check, EXPECTED, lineOf, replaced, SHIPPED } from './support.ts';

const limit = (mib: number, spike: number) =>
  replaced(
    replaced(SHIPPED, 'limit_mib: 1024', `limit_mib: ${mib}`),
    'spike_limit_mib: 256',
    `spike_limit_mib: ${spike}`,
  );
/** 1000 traces/s x 10,000 bytes x 10 s are 95.4 MiB, twice that 190.7 MiB. */

describe('memory-limit-too-small', () => {
  it('finds a limit that the waiting traces exceed', () => {
    const text = limit(96, 48);
    const [found, ...others] = check(rule, text);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(text, ' limit_mib: 96'),
      what: expect.stringContaining('refuses spans from 48 MiB on'),
      effect: { direction: 'lost' },
    });
    expect(found?.effect?.tracesPerS).toBeCloseTo(64.25 * (1 - (48 * 1_048_576) / 1e8), 6);
    expect(found?.yaml).toContain('limit_mib: 256');
  });

  it.each([
    [195, 100, 'error'],
    [196, 100, 'warning'],
    [290, 100, 'warning'],
  ])('limit %i less %i: %s', (mib, spike, severity) => {
    expect(check(rule, limit(mib, spike))).toMatchObject([{ severity }]);
  });

  it('is silent just above, and its own remedy is silent', () => {
    expect(check(rule, limit(291, 100))).toEqual([]);
    expect(check(rule, limit(256, 64))).toEqual([]);
  });

  it('knows the default spike limit, a fifth', () => {
    const text = (mib: number) => replaced(limit(mib, 256), '    spike_limit_mib: 256\n', '');
    expect(check(rule, text(239))).toEqual([]);
    expect(check(rule, text(238))).toMatchObject([{ severity: 'warning' }]);
  });

  it('goes by rate, bytes and Collectors', () => {
    const tenfold = { ...EXPECTED, bytesPerTrace: 100_000 };
    expect(check(rule, SHIPPED, tenfold)).toMatchObject([{ severity: 'error' }]);
    expect(check(rule, SHIPPED, { ...tenfold, collectors: 4 })).toEqual([]);
  });

  it('warns when there is none before the sampler', () => {
    const bare = replaced(SHIPPED, '[memory_limiter, tail_sampling]', '[tail_sampling]');
    const behind = replaced(SHIPPED, '[memory_limiter, tail_sampling]', '[tail_sampling, memory_limiter]');
    for (const text of [bare, behind])
      expect(check(rule, text)).toMatchObject([
        {
          severity: 'warning',
          what: 'no memory_limiter before tail_sampling',
          line: lineOf(text, '  tail_sampling:'),
        },
      ]);
  });

  it('says what a limit in per cent has to be', () => {
    const text = replaced(limit(1, 256), '    limit_mib: 1\n', '    limit_percentage: 80\n');
    expect(check(rule, text)).toMatchObject([{ severity: 'info' }]);
  });
});
