/** The prediction against the real tail sampler: the same traces, decided by both. */
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { gatherArchive } from '../../harness/evidence/archive.ts';
import { mostSpans } from '../../harness/evidence/sampler/bounds.ts';
import { settle } from '../../harness/evidence/settle.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { healthyRequests, makeRun, START_US, traceIdOf } from './fixture.ts';
import { PROJECT_COLLECTOR, startParts } from './real-parts.ts';
import { compareAll } from './sampler/contract.ts';
import { composite, LEAF_TYPES, leaf, policies, traces } from './sampler/generated/arbitraries.ts';
import { UNFOLLOWED } from './sampler/generated/ottl.ts';
import type { TestPolicy } from './sampler/generated/policy.ts';
import { type Decision, decide } from './sampler/generated/reference.ts';
import type { TestSpan } from './sampler/generated/spans.ts';

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
const CASES: readonly (readonly [title: string, policies: object[]])[] = [
  [
    "the exercise's inverted health rule",
    [text('health', { key: 'http.target', values: ['/health'], invert_match: true })],
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
];

test.each(CASES)('%s', async (_, policies) => {
  const collectorConfig = withPolicies(policies);
  const parts = await startParts({ collector: collectorConfig });
  undo.push(() => parts.stop());
  const run = await makeRun({
    requests: healthyRequests(),
    collectorConfig,
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
  const predicted = fate.map(({ seq, predicted: decision }) => [
    seq,
    decision === 'keep' ? 'whole' : decision === 'drop' ? 'absent' : 'unknown',
  ]);
  expect(predicted).toEqual(fate.map(({ seq, observed }) => [seq, observed]));
  // Both outcomes occur, or the case shows nothing; only the exercise's rule keeps all.
  const outcomes = new Set(fate.map(({ observed }) => observed));
  expect(outcomes.has('whole')).toBe(true);
  expect(outcomes.size).toBe(collectorConfig.includes('http.target') ? 1 : 2);
  expect(traceIdOf(0)).toHaveLength(32);
});

/** Random traces, the same in each run. */
const [TRACES = []] = fc.sample(traces(1200, 1200), { seed: 11, numRuns: 1 });
const draw = <Value>(of: fc.Arbitrary<Value>, count: number) => fc.sample(of, { seed: 13, numRuns: count });

/** Nothing is unknown under these, whatever the trace. */
const mayBeUnknown = /latency|rate_limiting|ottl_condition|composite|random/;

async function contract(cases: ReadonlyMap<string, readonly TestPolicy[]>): Promise<void> {
  const settings = new Map([...cases].map(([name, policies]) => [name, { policies }]));
  const compared = await compareAll(settings, TRACES);
  const figures = [...compared].map(([name, { kept, unknown, named }]) => ({ name, kept, unknown, named }));
  const sum = (key: 'kept' | 'unknown' | 'named') => figures.reduce((total, row) => total + row[key], 0);
  const wrong = [...compared].flatMap(([name, { disagreements }]) =>
    disagreements.map((line) => `${name}: ${line}`),
  );
  console.log(
    `${cases.size} samplers x ${TRACES.length} traces: ${sum('kept')} kept, ${sum('named')} of them named, ` +
      `${sum('unknown')} not predicted, ${wrong.length} disagreements`,
  );
  expect(wrong).toEqual([]);
  for (const [name, { sampling, unknown }] of compared) {
    expect([name, sampling.warnings]).toEqual([name, []]);
    if (!mayBeUnknown.test(name)) expect([name, unknown]).toEqual([name, 0]);
  }
  // The reference of the property tests is held to the same Collector. It knows the order of the spans.
  for (const [name, policies] of cases) {
    if (/rate_limiting|composite/.test(JSON.stringify(policies))) continue;
    const observed = compared.get(name)?.observed;
    for (const spans of TRACES) {
      const id = spans[0]?.traceId ?? '';
      const decision = referenceOf(policies, spans);
      if (decision !== undefined)
        expect([name, id, observed?.get(id)?.policy]).toEqual([name, id, decision.policy]);
    }
  }
}

function referenceOf(policies: readonly TestPolicy[], spans: readonly TestSpan[]): Decision | undefined {
  try {
    return decide(policies, spans, true);
  } catch (error) {
    if (error === UNFOLLOWED) return undefined;
    throw error;
  }
}

/** Some types have more to say than others. */
const CASES_BY_TYPE: Readonly<Record<string, number>> = {
  always_sample: 1,
  latency: 5,
  string_attribute: 8,
  trace_state: 5,
  ottl_condition: 25,
};

test('each policy by itself: predicted = observed, trace by trace', async () => {
  const cases = new Map<string, readonly TestPolicy[]>();
  for (const type of LEAF_TYPES) {
    for (const [index, policy] of draw(leaf(type, 'only'), CASES_BY_TYPE[type] ?? 3).entries())
      cases.set(`${type} ${index}`, [policy]);
  }
  for (const [index, policy] of draw(composite('only'), 3).entries())
    cases.set(`composite ${index}`, [policy]);
  await contract(cases);
});

test('random combinations of policies: predicted = observed, trace by trace', async () => {
  await contract(new Map(draw(policies, 40).map((of, index) => [`random ${index}`, of])));
});

test('a limit on the rate keeps within its bound; variables are those that the Collector got', async () => {
  const variable = (inner: string) => `$\{${inner}}`;
  const share = (hash_salt: string, sampling_percentage: string | number) => ({
    policies: [{ name: 'share', type: 'probabilistic', probabilistic: { hash_salt, sampling_percentage } }],
  });
  const limit = { name: 'limit', type: 'rate_limiting', rate_limiting: { spans_per_second: 20 } };
  const cases = new Map<string, object>([
    ['limit', { policies: [limit] }],
    ['limit of shards', { policies: [limit], num_shards: 3 }],
    ['value', share('', variable('env:SHARE:-5'))],
    ['default', share('', variable('env:NONE:-25'))],
    ['text that looks like a number', share(variable('SALT'), 50)],
    ['within a text', share(`a$$${variable('env:SALT')}`, 50)],
    [
      'list',
      {
        policies: [
          {
            name: 'list',
            type: 'string_attribute',
            string_attribute: { key: variable('env:KEY'), values: variable('env:TEXTS') },
          },
        ],
      },
    ],
  ]);
  const environment = {
    SHARE: '40',
    SALT: '0123',
    KEY: variable('env:OTHER'),
    OTHER: 'text',
    TEXTS: '[abc, "5"]',
  };
  const compared = await compareAll(cases, TRACES, environment);
  expect(
    [...compared].flatMap(([name, { disagreements }]) => disagreements.map((line) => [name, line])),
  ).toEqual([]);
  for (const [name, { sampling, kept, keptSpans, unknown }] of compared) {
    expect([name, kept > 0 && kept < TRACES.length]).toEqual([name, true]);
    const [policy] = sampling.policies;
    const most =
      policy === undefined ? undefined : mostSpans(policy.condition, 30, name.includes('shards') ? 3 : 1);
    if (most !== undefined) expect(keptSpans).toBeLessThanOrEqual(most);
    expect([name, unknown > 0]).toEqual([name, most !== undefined]);
  }
});
