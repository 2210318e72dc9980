import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SpanRow } from '../../harness/contracts.ts';
import { gatherArchive } from '../../harness/evidence/archive.ts';
import { lookUpMissing } from '../../harness/evidence/archive-lookup.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { type FakeJaeger, startFakeJaeger } from './fake-jaeger.ts';
import { type FixtureRun, makeRun, type RequestSpec, START_US, traceIdOf } from './fixture.ts';

const ENTRY = 'api-gateway';

let run: FixtureRun;
let jaeger: FakeJaeger;

/** Failed reads, so that all of them are promised; `ms` apart from the start of the baseline on. */
const reads = (count: number, ms: number): RequestSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    route: 'product-read',
    phase: 'baseline',
    outcome: 'error',
    atMs: index * ms,
  }));

async function prepare(requests: readonly RequestSpec[]): Promise<void> {
  run = await makeRun({ requests });
  jaeger = await startFakeJaeger(run.tables.recording);
}

beforeEach(() => prepare(reads(60, 10)));
afterEach(() => run.remove());

async function gather(limit: number) {
  const writer = await EvidenceWriter.create(run.folder);
  try {
    return await gatherArchive(writer, {
      jaegerUrl: jaeger.url,
      service: ENTRY,
      fromUs: START_US - 1e6,
      untilUs: START_US + 3e6,
      limit,
    });
  } finally {
    writer.close();
  }
}

async function archived(): Promise<readonly string[]> {
  const evidence = await run.open();
  const rows = await evidence.query<Pick<SpanRow, 'span_id'>>('SELECT span_id FROM archive ORDER BY span_id');
  return rows.map(({ span_id }) => span_id);
}

const recorded = () => run.tables.recording.map(({ span_id }) => span_id).sort();

describe('the search', () => {
  test('splits a window that is full until nothing is left out, and keeps each span once', async () => {
    const { searchLimits, searches } = await gather(7);
    expect(searchLimits).toEqual([]);
    expect(searches).toBeGreaterThan(4 + 60 / 7);
    expect(await archived()).toEqual(recorded());
  });

  test('does not split what is not full', async () => {
    expect(await gather(61)).toMatchObject({ searchLimits: [], searches: 4 });
    expect(await archived()).toEqual(recorded());
  });

  test('has a doubt where more traces than the limit start within a millisecond', async () => {
    run.remove();
    await prepare(reads(10, 0));
    const { searchLimits } = await gather(7);
    expect(searchLimits).toEqual([
      expect.stringMatching(/^\d searches of a millisecond each were full \(7 traces\)/),
    ]);
  });
});

describe('asking by id', () => {
  const look = (options: { enough?: number; most?: number } = {}) =>
    lookUpMissing(run.folder, run.run, { jaegerUrl: jaeger.url, ...options });
  const ids = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => traceIdOf(from + index)).sort();

  test('finds what the search left out, and adds it', async () => {
    jaeger.hidden = new Set(ids(0, 60));
    expect(await gather(1000)).toMatchObject({ spans: 0, searchLimits: [] });
    expect(await look()).toEqual({ missing: 60, asked: 60, beyondSearch: ids(0, 60), searchLimits: [] });
    expect(await archived()).toEqual(recorded());
  });

  test('asks for nothing when nothing is missing', async () => {
    await gather(1000);
    expect(await look()).toEqual({ missing: 0, asked: 0, beyondSearch: [], searchLimits: [] });
    expect(jaeger.asked).toEqual([]);
  });

  test('has enough when so many are confirmed to be missing, and no doubt as long as none was found', async () => {
    jaeger.spans = [];
    await gather(1000);
    // What others had asked for by then comes on top.
    const { missing, asked, beyondSearch, searchLimits } = await look({ enough: 10 });
    expect({ missing, beyondSearch, searchLimits }).toEqual({
      missing: 60,
      beyondSearch: [],
      searchLimits: [],
    });
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(asked).toBeLessThanOrEqual(14);
    // By chance, not the first ones.
    expect(jaeger.asked.toSorted()).not.toEqual(ids(0, asked));
  });

  test('goes on as long as it finds some', async () => {
    jaeger.hidden = new Set(ids(0, 60));
    await gather(1000);
    jaeger.spans = run.tables.recording.filter(({ trace_id }) => !ids(0, 5).includes(trace_id));
    expect(await look({ enough: 6 })).toMatchObject({
      asked: 60,
      beyondSearch: ids(5, 60),
      searchLimits: [],
    });
  });

  test('has a doubt when it found some and did not ask for all', async () => {
    jaeger.hidden = new Set(ids(0, 60));
    await gather(1000);
    const { asked, searchLimits } = await look({ most: 20 });
    expect(asked).toBe(20);
    expect(searchLimits).toEqual([
      'its search left out 20 of 20 traces that were then asked for by id, and 40 more that it did not answer were not asked for',
    ]);
  });

  test('rejects when Jaeger fails', async () => {
    jaeger.hidden = new Set(ids(0, 60));
    await gather(1000);
    jaeger.brokenById = true;
    await expect(look()).rejects.toThrow('answered 500');
  });
});
