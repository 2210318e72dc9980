/** The prediction against the real tail sampler: the same traces, decided by both. */
import { afterEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { gatherArchive } from '../../harness/evidence/archive.ts';
import { settle } from '../../harness/evidence/settle.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { healthyRequests, makeRun, START_US, traceIdOf } from './fixture.ts';
import { PROJECT_COLLECTOR, startParts } from './real-parts.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** The project's configuration with other policies and a short wait. */
function withPolicies(policies: object[]): string {
  const text = stringify({ policies }).trimEnd().replaceAll('\n', '\n    ');
  const [before, after] = PROJECT_COLLECTOR.split(/ {4}policies:[\s\S]*?(?=\nexporters:)/);
  return `${before}    ${text}\n${after}`.replace('decision_wait: 10s', 'decision_wait: 1s');
}

const errors = { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } };
const text = (name: string, settings: object) => ({
  name,
  type: 'string_attribute',
  string_attribute: settings,
});
const paths = (invert_match: boolean) =>
  text('path', { key: 'url.path', values: ['/health', '/orders'], invert_match });

const CASES: readonly (readonly [title: string, policies: object[]])[] = [
  [
    "the exercise's inverted health rule",
    [text('health', { key: 'http.target', values: ['/health'], invert_match: true })],
  ],
  ['texts, exact', [paths(false)]],
  ['texts, inverted', [paths(true)]],
  [
    'texts, by regular expression, of spans and resources',
    [
      text('expression', { key: 'url.path', values: ['^/ord', 'charges$'], enabled_regex_matching: true }),
      text('version', { key: 'service.name', values: ['notification-service'] }),
    ],
  ],
  [
    'drop with two conditions, not, and',
    [
      {
        name: 'drop',
        type: 'drop',
        drop: {
          drop_sub_policy: [
            errors,
            {
              name: 'n',
              type: 'not',
              not: { not_sub_policy: text('x', { key: 'url.path', values: ['/v1/charges'] }) },
            },
          ],
        },
      },
      {
        name: 'both',
        type: 'and',
        and: { and_sub_policy: [errors, text('y', { key: 'url.path', values: ['/v1/charges'] })] },
      },
      { name: 'few', type: 'span_count', span_count: { min_spans: 1, max_spans: 1 } },
      {
        name: 'share',
        type: 'probabilistic',
        probabilistic: { sampling_percentage: 30, hash_salt: 'pepper' },
      },
    ],
  ],
  [
    'numbers and flags',
    [
      {
        name: 'status',
        type: 'numeric_attribute',
        numeric_attribute: { key: 'http.response.status_code', min_value: 500, max_value: 599 },
      },
      {
        name: 'double',
        type: 'numeric_attribute',
        numeric_attribute: { key: 'payment.amount', min_value: 40, max_value: 50 },
      },
      { name: 'flag', type: 'boolean_attribute', boolean_attribute: { key: 'test.flag', value: true } },
    ],
  ],
  [
    'other type counts as zero',
    [{ name: 'zero', type: 'numeric_attribute', numeric_attribute: { key: 'db.system.name', max_value: 9 } }],
  ],
  [
    'no flag',
    [
      {
        name: 'flag',
        type: 'boolean_attribute',
        boolean_attribute: { key: 'test.flag', value: true, invert_match: true },
      },
    ],
  ],
  [
    'latency, with and without an upper bound, and many spans',
    [
      { name: 'slow', type: 'latency', latency: { threshold_ms: 2999 } },
      { name: 'between', type: 'latency', latency: { threshold_ms: 15, upper_threshold_ms: 40 } },
      { name: 'many', type: 'span_count', span_count: { min_spans: 20 } },
    ],
  ],
];

test.each(CASES)('%s', async (_, policies) => {
  const collectorConfig = withPolicies(policies);
  const parts = await startParts({ collector: collectorConfig });
  undo.push(() => parts.stop());
  const run = await makeRun({
    requests: healthyRequests(),
    collectorConfig,
    mutate({ recording }) {
      for (const span of recording) {
        const flag =
          span.name === 'order.validate' || span.kind === 'server'
            ? { 'test.flag': span.name === 'order.validate' }
            : {};
        span.attributes = JSON.stringify({ ...(JSON.parse(span.attributes) as object), ...flag });
      }
    },
  });
  undo.push(() => run.remove());
  await parts.send(run.tables.recording);
  const settled = await settle({
    ...parts,
    service: 'api-gateway',
    decisionWaitS: 1,
    hasSampler: true,
    endUs: START_US,
  });
  expect(settled).toMatchObject({ ok: true });
  const writer = await EvidenceWriter.create(run.folder);
  await gatherArchive(writer, {
    jaegerUrl: parts.jaegerUrl,
    service: 'api-gateway',
    fromUs: START_US - 1e6,
    untilUs: START_US + 80e6,
  });
  writer.close();
  const evidence = await run.open();
  const fate = await evidence.query<{ seq: number; predicted: string; observed: string }>(
    'SELECT seq, predicted, observed FROM fate ORDER BY seq',
  );
  const predicted = fate.map(({ seq, predicted: decision, observed }) => [
    seq,
    decision === 'unknown' ? observed : decision === 'keep' ? 'whole' : 'absent',
  ]);
  expect(predicted).toEqual(fate.map(({ seq, observed }) => [seq, observed]));
  // Both outcomes occur, or the case shows nothing; only the exercise's rule keeps all.
  const outcomes = new Set(fate.map(({ observed }) => observed));
  expect(outcomes.has('whole')).toBe(true);
  expect(outcomes.size).toBe(collectorConfig.includes('http.target') ? 1 : 2);
  // Unknown is for the order of spans below an upper bound of the latency only.
  const unknown = fate.filter((row) => row.predicted === 'unknown');
  expect(unknown.length > 0).toBe(collectorConfig.includes('upper_threshold_ms'));
  expect(traceIdOf(0)).toHaveLength(32);
});
