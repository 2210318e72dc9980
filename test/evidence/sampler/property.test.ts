/** The SQL agrees with a plain reference of the policies, on random traces under random policies. */
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../harness/evidence/database.ts';
import { queryRows } from '../../../harness/evidence/query.ts';
import { predictionSql } from '../../../harness/evidence/sampler/compile.ts';
import { readPolicies } from '../../../harness/evidence/sampler/policies.ts';
import { TableWriter } from '../../../harness/evidence/table-writer.ts';
import { ADDED_TO_RECORDING, columnList, TABLES } from '../../../harness/evidence/tables.ts';
import { composite, LEAF_TYPES, leaf, policies, traces } from './generated/arbitraries.ts';
import { UNFOLLOWED } from './generated/ottl.ts';
import type { TestPolicy } from './generated/policy.ts';
import { type Decision, decide } from './generated/reference.ts';
import { rowOf, type TestSpan } from './generated/spans.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase(':memory:', tmpdir());
});
afterAll(() => database.close());

interface Prediction {
  readonly trace_id: string;
  readonly predicted: 'keep' | 'drop' | 'unknown';
  readonly policy: string | null;
}

async function predict(
  of: readonly TestPolicy[],
  spans: readonly (readonly TestSpan[])[],
): Promise<Prediction[]> {
  const columns = { ...TABLES.recording, ...ADDED_TO_RECORDING };
  await database.run(`CREATE OR REPLACE TABLE recording (${columnList(columns)})`);
  const writer = await TableWriter.open(database.connection, 'recording', columns);
  for (const span of spans.flat()) writer.write(rowOf(span));
  writer.close();
  const warnings: string[] = [];
  const sql = predictionSql(readPolicies(of, warnings));
  expect(warnings).toEqual([]);
  return queryRows<Prediction>(database.connection, sql);
}

/** What the sampler may decide; undefined when the reference does not follow Go's rules for a text. */
function possible(of: readonly TestPolicy[], spans: readonly TestSpan[]): Decision[] | undefined {
  try {
    return [true, false].map((admits) => decide(of, spans, admits));
  } catch (error) {
    if (error === UNFOLLOWED) return undefined;
    throw error;
  }
}

async function agrees(of: readonly TestPolicy[], spans: readonly (readonly TestSpan[])[]): Promise<number> {
  const rows = new Map((await predict(of, spans)).map((row) => [row.trace_id, row]));
  expect(rows.size).toBe(spans.length);
  let unknown = 0;
  for (const trace of spans) {
    const row = rows.get(trace[0]?.traceId ?? '');
    if (row?.predicted === 'unknown') unknown += 1;
    const decisions = possible(of, trace);
    if (row === undefined || row.predicted === 'unknown' || decisions === undefined) continue;
    for (const decision of decisions) {
      expect([row.predicted, trace]).toEqual([decision.keep ? 'keep' : 'drop', trace]);
      if (row.predicted === 'keep' && row.policy !== null) expect(row.policy).toBe(decision.policy);
    }
  }
  return unknown;
}

/** Of these nothing is unknown, whatever the trace. */
const EXACT = LEAF_TYPES.filter((type) => !['latency', 'rate_limiting', 'ottl_condition'].includes(type));

/** Some have more to say than others. */
const RUNS: Readonly<Record<string, number>> = { latency: 60, ottl_condition: 400, trace_state: 60 };

test.each(LEAF_TYPES)(
  '%s',
  async (type) => {
    await fc.assert(
      fc.asyncProperty(leaf(type, 'only'), traces(20, 40), async (policy, spans) => {
        const unknown = await agrees([policy], spans);
        if (EXACT.includes(type)) expect(unknown).toBe(0);
      }),
      { numRuns: RUNS[type] ?? 25, seed: 5 },
    );
  },
  60_000,
);

test('composite', async () => {
  await fc.assert(
    fc.asyncProperty(composite('only'), traces(20, 40), async (policy, spans) => {
      await agrees([policy], spans);
    }),
    { numRuns: 40, seed: 9 },
  );
}, 60_000);

test('combinations', async () => {
  await fc.assert(
    fc.asyncProperty(policies, traces(20, 40), async (of, spans) => {
      await agrees(of, spans);
    }),
    { numRuns: 120, seed: 7 },
  );
}, 60_000);
