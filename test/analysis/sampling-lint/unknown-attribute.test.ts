import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/unknown-attribute.ts';
import { check, drop, EXERCISE, lineOf, pathIs, replaced, SHIPPED, withPolicies } from './support.ts';

const keyed = (key: string) => replaced(SHIPPED, 'key: url.path', `key: ${key}`);

describe('unknown-attribute', () => {
  it.each([
    ['http.target', 'url.path'],
    ['http.method', 'http.request.method'],
    ['http.status_code', 'http.response.status_code'],
    ['http.url', 'url.full'],
    ['db.system', 'db.system.name'],
  ])('finds %s', (key, successor) => {
    const text = keyed(key);
    expect(check(rule, text)).toMatchObject([
      {
        severity: 'error',
        line: lineOf(text, `key: ${key}`),
        what: `policy no-health-checks asks for ${key}, which current instrumentation no longer emits; it writes ${successor}`,
        consequence: expect.stringContaining('drops nothing (/health and /ready)'),
        yaml: `key: ${successor}`,
      },
    ]);
  });

  it('says what a drop that drops nothing costs', () => {
    const [found] = check(rule, keyed('http.target'));
    // Of each 10 health checks a second, the 5 % of the rest; more when they are slow or failed.
    expect(found?.effect).toMatchObject({ direction: 'surplus', perPercentOfTraffic: true });
    expect(found?.effect?.tracesPerS).toBeCloseTo(0.5, 9);
  });

  it("finds the exercise's", () => {
    expect(check(rule, EXERCISE)).toMatchObject([
      {
        line: lineOf(EXERCISE, 'key: http.target'),
        consequence: expect.stringContaining('excludes nothing'),
      },
    ]);
  });

  it.each(['url.path', 'http.route', 'tenant', 'toString'])('is silent on %s', (key) => {
    expect(check(rule, keyed(key))).toEqual([]);
  });

  it('finds numbers and OTTL conditions', () => {
    const text = withPolicies(
      '{ name: n, type: numeric_attribute, numeric_attribute: { key: http.status_code, min_value: 500 } }',
      `{ name: o, type: ottl_condition, ottl_condition: { span: ['attributes["http.method"] == "GET"', 'name == "x"'] } }`,
    );
    expect(check(rule, text).map(({ what }) => what.split(',')[0])).toEqual([
      'policy n asks for http.status_code',
      'policy o asks for http.method',
    ]);
  });

  it('only mentions it when another policy does the same for current instrumentation', () => {
    const old = pathIs('[/health]').replace('url.path', 'http.target');
    const twin = drop(pathIs('[/health, /ready]')).replace('dropped', 'current');
    expect(check(rule, withPolicies(drop(old), twin))).toMatchObject([
      { severity: 'info', consequence: expect.stringContaining('current does the same') },
    ]);
    expect(check(rule, withPolicies(drop(old), twin.replace('/health, ', '')))).toMatchObject([
      { severity: 'error' },
    ]);
    expect(check(rule, withPolicies(drop(old), pathIs('[/health]')))).toMatchObject([{ severity: 'error' }]);
  });
});
