import { describe, expect, it } from 'vitest';
import rule from '../../../analysis/sampling-lint/several-collectors-without-routing.ts';
import { check, EXPECTED, lineOf, replaced, SHIPPED } from './support.ts';

const FOUR = { ...EXPECTED, collectors: 4 };
const routed = (settings: string) =>
  replaced(
    replaced(
      SHIPPED,
      '    traces/sampled:',
      '    traces/routed:\n      receivers: [otlp]\n      exporters: [loadbalancing]\n    traces/sampled:',
    ),
    'exporters:\n',
    `exporters:\n  loadbalancing: ${settings}\n`,
  );

describe('several-collectors-without-routing', () => {
  it('finds that nothing routes', () => {
    const [found, ...others] = check(rule, SHIPPED, FOUR);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'error',
      line: lineOf(SHIPPED, '  pipelines:'),
      effect: { direction: 'lost' },
    });
    expect(found?.effect?.tracesPerS).toBeCloseTo(64.25 * 0.75, 9);
  });

  it('is silent about one Collector', () => {
    expect(check(rule, SHIPPED)).toEqual([]);
  });

  it('is silent when spans are routed by trace id', () => {
    expect(check(rule, routed('{ routing_key: traceID }'), FOUR)).toEqual([]);
    expect(check(rule, routed('{}'), FOUR)).toEqual([]);
  });

  it('finds another routing key', () => {
    const text = routed('{ routing_key: service }');
    expect(check(rule, text, FOUR)).toMatchObject([
      { what: 'loadbalancing routes by service, not by trace id', line: lineOf(text, '[loadbalancing]') },
    ]);
  });
});
