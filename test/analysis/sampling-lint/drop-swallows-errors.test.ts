import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import rule from '../../../analysis/sampling-lint/drop-swallows-errors.ts';
import {
  check,
  drop,
  ERRORS,
  HEALTH,
  lineOf,
  negated,
  pathIs,
  promised,
  REST,
  SLOW,
  withPolicies,
} from './support.ts';

const REGEX = ', enabled_regex_matching: true';
const TENANT = '{ name: tenant, type: string_attribute, string_attribute: { key: tenant, values: [test] } }';
const of = (...policies: readonly string[]) => withPolicies(...policies, ERRORS, SLOW, REST);

describe('drop-swallows-errors', () => {
  it('finds a path that was not promised to be dropped', () => {
    const text = of(drop(pathIs('[/health, /api/orders]')));
    expect(check(rule, text)).toMatchObject([
      {
        severity: 'error',
        line: lineOf(text, 'name: dropped'),
        what: expect.stringMatching(/can match traces with an error, .* of \/api\/orders; drop wins/),
        effect: null,
      },
    ]);
  });

  it('finds a drop that has nothing to do with paths, and its remedy mends it for what is kept whole', () => {
    const found = check(rule, of(drop(TENANT)));
    expect(found).toMatchObject([{ severity: 'error' }]);
    const sparing: unknown[] = parse(found[0]?.yaml ?? '');
    const mended = check(rule, of(drop(TENANT, ...sparing.map((part) => JSON.stringify(part)))));
    expect(mended).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('can match all other traces;') },
    ]);
  });

  it('finds a drop without conditions, which loses all', () => {
    const [found] = check(rule, of(drop()));
    expect(found).toMatchObject({
      severity: 'error',
      consequence: 'They are lost.',
      effect: { direction: 'lost' },
    });
    expect(found?.effect?.tracesPerS).toBeCloseTo(64.25, 9);
  });

  it('finds a drop that is inverted', () => {
    const [found] = check(rule, of(drop(pathIs('[/api/orders]', ', invert_match: true'))));
    expect(found?.severity).toBe('error');
  });

  it('finds a drop of short traces, which may be errors', () => {
    const [found] = check(
      rule,
      of(drop(negated('{ name: l, type: latency, latency: { threshold_ms: 100 } }'))),
    );
    expect(found?.what).toContain('can match traces with an error and all other traces;');
  });

  it.each([
    ['[/health]', '/healthy-products'],
    ['[^/health]', '/healthy-products'],
    ['["/health$"]', '/api/health'],
    ['[.*]', '/'],
  ])('finds a pattern that matches more than it means: %s', (values, stray) => {
    expect(check(rule, of(drop(pathIs(values, REGEX))))).toMatchObject([
      { severity: 'error', what: expect.stringContaining(`such as those of ${stray};`) },
    ]);
  });

  it.each([
    '["^/health$"]',
    '["^/(health|ready)$"]',
    '["^(/health|/ready)$"]',
    '["^/health$", "^\\\\/ready$"]',
  ])('is silent on a pattern that means the promised paths: %s', (values) => {
    expect(check(rule, of(drop(pathIs(values, REGEX))))).toEqual([]);
  });

  it('warns of a pattern of which it cannot tell', () => {
    expect(check(rule, of(drop(pathIs('["(?i)^/HEALTH$"]', REGEX))))).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('does not say which paths') },
    ]);
  });

  it('warns when errors are promised before health checks', () => {
    const order = 'errors=100,slow:2000=100,path:/health=0,path:/ready=0,any=5';
    expect(check(rule, of(HEALTH), promised(order))).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('of /health and /ready;') },
    ]);
    expect(check(rule, of(HEALTH), promised('path:/health=0,path:/ready=0,errors=100,any=5'))).toEqual([]);
  });

  it('is an error when a dropped path has no promise', () => {
    expect(check(rule, of(HEALTH), promised('path:/health=0,errors=100,any=5'))).toMatchObject([
      { severity: 'error', what: expect.stringContaining('of /ready;') },
    ]);
  });

  it('is silent when promised traces are spared', () => {
    const more = drop(pathIs('[/health]'), TENANT);
    expect(check(rule, of(more))).toEqual([]);
  });
});
