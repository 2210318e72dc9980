import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CollectorPlan, collectorYaml } from '../../../analysis/sampling-design/collector-yaml.ts';
import { lintText } from '../../../commands/lib/sampling/lint.ts';
import { parsePromises } from '../../../commands/lib/sampling/promises.ts';
import { readSampling } from '../../../harness/evidence/sampler/config.ts';
import shop from '../../../services/system.ts';
import { EXPECTED } from '../sampling-lint/support.ts';

const PLAN = { promises: shop.promises, ratePerS: 1000, bytesPerTrace: 10_000, decisionWaitS: 10 };

async function findings(plan: CollectorPlan) {
  const { ratePerS, bytesPerTrace, promises } = plan;
  const expectations = { ...EXPECTED, promises, ratePerS, bytesPerTrace };
  return (await lintText('designed', collectorYaml(plan), expectations)).findings;
}

test('the oracle reads from it what the shipped configuration decides', () => {
  const { decisionWaitS, numTraces, policies, warnings } = readSampling(collectorYaml(PLAN));
  expect({ decisionWaitS, numTraces, warnings }).toEqual({
    decisionWaitS: 10,
    numTraces: 50_000,
    warnings: [],
  });
  expect(policies.map(({ name, drop, condition }) => [name, drop, condition.kind])).toEqual([
    ['health-checks', true, 'and'],
    ['errors', false, 'status'],
    ['slow', false, 'latency'],
    ['normal', false, 'probabilistic'],
  ]);
  expect(policies[2]?.condition).toMatchObject({ thresholdMs: 1999 });
});

test('the lint has nothing against it, whatever the rate, the size and the wait', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200_000 }),
      fc.integer({ min: 1, max: 5_000_000 }),
      fc.integer({ min: 10, max: 600 }),
      async (ratePerS, bytesPerTrace, decisionWaitS) => {
        expect(await findings({ ...PLAN, ratePerS, bytesPerTrace, decisionWaitS })).toEqual([]);
      },
    ),
    { numRuns: 50 },
  );
});

test.each([
  'any=5',
  'any=0',
  'any=100',
  'errors=100,any=1',
  'errors=100,path:/health=0,slow:2000=100,any=5',
  'path:/vip=50,errors=100,slow:500=100,any=2.5',
  'path:/a=0,path:/b=0,any=10',
])('the lint has nothing against what is made for %s', async (text) => {
  expect(await findings({ ...PLAN, promises: parsePromises([text]) })).toEqual([]);
});

test('a wait that is too short for the longest answer is told', async () => {
  const found = await findings({ ...PLAN, decisionWaitS: 4 });
  expect(found.map(({ rule, severity }) => [rule, severity])).toEqual([['decision-wait-too-short', 'error']]);
});

test('a share below that of all others has to be taken away: no error, and what a drop can match is told', async () => {
  const promises = parsePromises(['path:/health=1,errors=100,any=5']);
  const found = await findings({ ...PLAN, promises });
  expect(found.map(({ rule, severity }) => [rule, severity])).toEqual([['drop-swallows-errors', 'warning']]);
});
