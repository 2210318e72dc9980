import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { UserError } from '../../harness/errors.ts';
import { readSampling } from '../../harness/evidence/sampler/config.ts';
import { replayConfiguration } from '../../harness/replay/configuration.ts';
import { EXERCISE, replaced, SHIPPED, withPolicies } from '../analysis/sampling-lint/support.ts';

const PLACES = {
  otlpHttp: 1001,
  metrics: 1002,
  health: 1003,
  backendUrl: 'http://127.0.0.1:1004',
  folder: '/replay',
};

function rewritten(text: string, speed = 1, environment: Readonly<Record<string, string>> = {}) {
  const { yaml, notes } = replayConfiguration(text, PLACES, { speed, environment });
  return { document: parse(yaml), yaml, notes };
}

test('the shipped configuration: other addresses, the same sampling', () => {
  const { document, yaml, notes } = rewritten(SHIPPED);
  const before = parse(SHIPPED);
  expect(document.receivers).toEqual({ otlp: { protocols: { http: { endpoint: '127.0.0.1:1001' } } } });
  expect(document.processors).toEqual(before.processors);
  expect(document.exporters).toEqual({
    'file/recording': { ...before.exporters['file/recording'], path: '/replay/exporter-0.out' },
    'otlp_http/otlp_grpc-jaeger': {
      endpoint: 'http://127.0.0.1:1004/1',
      compression: 'none',
      sending_queue: before.exporters['otlp_grpc/jaeger'].sending_queue,
    },
  });
  expect(document.service.pipelines).toEqual({
    'traces/recording': before.service.pipelines['traces/recording'],
    'traces/sampled': {
      ...before.service.pipelines['traces/sampled'],
      exporters: ['otlp_http/otlp_grpc-jaeger'],
    },
  });
  expect(document.service.extensions).toEqual(['health_check/chaoscope']);
  expect(document.extensions).toEqual({ 'health_check/chaoscope': { endpoint: '127.0.0.1:1003' } });
  expect(document.service.telemetry.metrics).toEqual({
    level: 'normal',
    readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: 1002 } } } }],
  });
  expect(notes).toEqual([]);
  expect(readSampling(yaml)).toEqual(readSampling(SHIPPED));
});

test('at a speed, waits are divided, rates multiplied, sizes and thresholds stay', () => {
  const text = withPolicies(
    '{ name: slow, type: latency, latency: { threshold_ms: 1999 } }',
    '{ name: few, type: rate_limiting, rate_limiting: { spans_per_second: 35, burst_capacity: 70 } }',
    '{ name: both, type: and, and: { and_sub_policy: [{ name: size, type: bytes_limiting, bytes_limiting: { bytes_per_second: 100 } }] } }',
    '{ name: mix, type: composite, composite: { max_total_spans_per_second: 20, policy_order: [a], composite_sub_policy: [{ name: a, type: always_sample }] } }',
  );
  const { document, notes } = rewritten(text, 4);
  const sampler = document.processors.tail_sampling;
  expect(sampler).toMatchObject({
    decision_wait: '3s',
    num_traces: 50_000,
    expected_new_traces_per_sec: 4000,
  });
  expect(sampler.policies).toMatchObject([
    { latency: { threshold_ms: 1999 } },
    { rate_limiting: { spans_per_second: 140, burst_capacity: 70 } },
    { and: { and_sub_policy: [{ bytes_limiting: { bytes_per_second: 400 } }] } },
    { composite: { max_total_spans_per_second: 80 } },
  ]);
  expect(document.exporters['otlp_http/otlp_grpc-jaeger'].sending_queue.batch.flush_timeout).toBe('50ms');
  expect(notes).toEqual([
    'otlp_grpc/jaeger: flush_timeout 200 ms -> 50 ms',
    'tail_sampling: decision_wait 10 s -> 3 s (12 s of the recording)',
    'tail_sampling: expected_new_traces_per_sec 1000 -> 4000',
    'tail_sampling: policy few: spans_per_second 35 -> 140',
    'tail_sampling: policy size: bytes_per_second 100 -> 400',
    'tail_sampling: policy mix: max_total_spans_per_second 20 -> 80',
  ]);
});

test("the exercise's configuration: a batch processor, gRPC and the default wait", () => {
  const text = replaced(EXERCISE, /decision_wait: \S+\n/, '\n');
  const { document } = rewritten(text, 10);
  expect(document.receivers.otlp.protocols).toEqual({ http: { endpoint: '127.0.0.1:1001' } });
  expect(document.processors.tail_sampling.decision_wait).toBe('3s');
  expect(document.processors.batch.timeout).toMatch(/^\d+ms$/);
});

test('variables are read where something is scaled, and left alone elsewhere', () => {
  const text = replaced(SHIPPED, 'decision_wait: 10s', `decision_wait: $\{env:WAIT:-10s}`);
  expect(rewritten(text, 2, { WAIT: '8s' }).document.processors.tail_sampling.decision_wait).toBe('4s');
  expect(rewritten(text, 2).document.processors.tail_sampling.decision_wait).toBe('5s');
  expect(rewritten(text).yaml).toContain(`$\{env:WAIT:-10s}`);
});

test('a speed at which the sampler could not count its wait is refused, with what is allowed', () => {
  expect(() => rewritten(SHIPPED, 11)).toThrow(
    new UserError(
      '--speed 11 is too fast: tail_sampling waits 10 s, and counts in whole seconds. Allowed: up to 10.',
    ),
  );
  expect(rewritten(SHIPPED, 10).document.processors.tail_sampling.decision_wait).toBe('1s');
});

test('what both kinds of exporter have is kept, what leads elsewhere is not', () => {
  const exporter = {
    endpoint: 'https://traces.example.com',
    headers: { authorization: 'secret' },
    tls: { ca_file: 'ca.pem' },
    compression: 'snappy',
    timeout: '3s',
    retry_on_failure: { enabled: false },
    sending_queue: { queue_size: 7 },
  };
  const document = parse(SHIPPED);
  document.exporters = { otlp: exporter, otlphttp: { endpoint: 'http://a' } };
  document.receivers = {
    'otlp/a': { protocols: { grpc: null, http: { endpoint: '0.0.0.0:4318', max_request_body_size: 99 } } },
    'otlp/b': { protocols: { grpc: null } },
  };
  document.service.pipelines = {
    traces: {
      receivers: ['otlp/a', 'otlp/b'],
      processors: ['tail_sampling'],
      exporters: ['otlp', 'otlphttp'],
    },
  };
  document.service.telemetry.metrics = { level: 'none' };
  const { document: after, notes } = rewritten(stringify(document));
  expect(after.exporters).toEqual({
    'otlp_http/otlp': {
      endpoint: 'http://127.0.0.1:1004/0',
      compression: 'gzip',
      timeout: '3s',
      retry_on_failure: { enabled: false },
      sending_queue: { queue_size: 7 },
    },
    'otlp_http/otlphttp': { endpoint: 'http://127.0.0.1:1004/1', compression: 'gzip' },
  });
  expect(after.receivers.otlp.protocols.http.max_request_body_size).toBe(99);
  expect(after.service.pipelines.traces).toEqual({
    receivers: ['otlp'],
    processors: ['tail_sampling'],
    exporters: ['otlp_http/otlp', 'otlp_http/otlphttp'],
  });
  expect(after.service.telemetry.metrics.level).toBe('normal');
  expect(notes).toEqual(['otlp: compression snappy -> gzip']);
});

test.each([
  ['a: [', /not readable as YAML/],
  ['', /`service\.pipelines` is missing/],
  ['service: { pipelines: 3 }', /`service\.pipelines` is missing/],
  ['service: { pipelines: { traces: { receivers: [zipkin] } } }', /no `otlp` receiver/],
])('refuses %j', (text, message) => {
  expect(() => rewritten(text)).toThrow(message);
});
