import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { changed } from '../harness/configuration-changes.ts';
import { UserError } from '../harness/errors.ts';

const SHIPPED = readFileSync(join(import.meta.dirname, '..', 'config', 'collector.yaml'), 'utf8');

describe('settings that a scenario changes', () => {
  it('leaves a text alone, byte by byte, when nothing is to be changed', () => {
    expect(changed(SHIPPED, {}, 'collector.yaml')).toBe(SHIPPED);
  });

  it('sets what is there and what is not, and changes nothing else', () => {
    const text = changed(
      SHIPPED,
      {
        'processors.tail_sampling.num_traces': 300,
        'exporters.otlp_grpc/jaeger.sending_queue.num_consumers': 2,
      },
      'collector.yaml',
    );
    const expected = parse(SHIPPED);
    expected.processors.tail_sampling.num_traces = 300;
    expected.exporters['otlp_grpc/jaeger'].sending_queue.num_consumers = 2;
    expect(parse(text)).toEqual(expected);
    expect(text).toContain('# Sizes the tables at the start instead of growing them under load.');
  });

  it('refuses settings of sections that are not there, all at once', () => {
    const change = () =>
      changed(SHIPPED, { 'processors.tail_sampler.num_traces': 1, 'exporters.jaeger.a.b': 2 }, 'mine.yaml');
    expect(change).toThrow(UserError);
    expect(change).toThrow(
      'mine.yaml: the scenario sets processors.tail_sampler.num_traces, exporters.jaeger.a.b, and there is no such section',
    );
  });

  it('refuses what is no YAML', () => {
    expect(() => changed('a: [1', { a: 1 }, 'mine.yaml')).toThrow(/mine\.yaml: not readable as YAML/);
  });
});
