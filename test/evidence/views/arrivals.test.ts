import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../harness/evidence/database.ts';
import { queryRows } from '../../../harness/evidence/query.ts';
import { ADDED_TO_RECORDING, columnList, TABLES } from '../../../harness/evidence/tables.ts';
import { arrivalsSql } from '../../../harness/evidence/views/arrivals.ts';

interface Arrival {
  readonly trace_id: string;
  readonly first_us: number;
  readonly last_us: number;
}

/** Arrivals of a recording in the order of the list of (trace, end in ms). */
async function arrivalsOf(
  spans: readonly (readonly [trace: string, endMs: number])[],
  columns: Readonly<Record<string, string>> = { ...TABLES.recording, ...ADDED_TO_RECORDING },
): Promise<Readonly<Record<string, readonly [number, number]>>> {
  const database = await openDatabase(':memory:', tmpdir());
  try {
    await database.run(`CREATE TABLE recording (${columnList(columns)})`);
    const rows = spans.map(([trace, endMs], index) => `('${trace}', ${endMs * 1000}, ${index})`).join(', ');
    const order = 'arrival' in columns ? ', arrival' : '';
    await database.run(
      `INSERT INTO recording (trace_id, end_us${order})
       SELECT trace_id, end_us${order} FROM (VALUES ${rows}) AS v(trace_id, end_us, arrival)`,
    );
    const arrivals = await queryRows<Arrival>(database.connection, arrivalsSql());
    return Object.fromEntries(
      arrivals.map(({ trace_id, first_us, last_us }) => [trace_id, [first_us / 1000, last_us / 1000]]),
    );
  } finally {
    database.close();
  }
}

/** A span each millisecond, each of a trace of its own. */
const steady = (fromMs: number, untilMs: number) =>
  [...Array(untilMs - fromMs).keys()].map((index) => [`other-${fromMs + index}`, fromMs + index] as const);

test('a span that comes long after it ended came no sooner than those before it ended', async () => {
  const arrivals = await arrivalsOf([
    ['late', 10],
    ...steady(10, 3000),
    ['late', 20],
    ['prompt', 3001],
    ...steady(3001, 3300),
  ]);
  expect(arrivals['late']?.[0]).toBe(10);
  // To a block of spans, here a quarter of a second, and its last decile.
  expect(arrivals['late']?.[1]).toBeGreaterThan(2600);
  expect(arrivals['late']?.[1]).toBeLessThanOrEqual(3000);
  expect(arrivals['prompt']).toEqual([3001, 3001]);
});

test('one clock that is ahead makes nobody else late', async () => {
  const arrivals = await arrivalsOf([...steady(0, 600), ['ahead', 9_000_000], ...steady(600, 2000)]);
  expect(arrivals['ahead']).toEqual([9_000_000, 9_000_000]);
  expect(Math.max(...steady(600, 2000).map(([trace]) => arrivals[trace]?.[1] ?? 0))).toBeLessThan(2000);
});

test('a recording without an order: a span came when it ended', async () => {
  const arrivals = await arrivalsOf([['late', 10], ...steady(10, 900), ['late', 20]], TABLES.recording);
  expect(arrivals['late']).toEqual([10, 20]);
});

test('a single span', async () => {
  expect(await arrivalsOf([['only', 1]])).toEqual({ only: [1, 1] });
});
