/** What must hold of the view `fate` in every run, however the run was. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FateRow, SpanRow } from '../../harness/contracts.ts';
import { hashThreshold, traceHash } from '../../harness/evidence/sampler/hash.ts';
import { askRun, type RequestSpec, type Tables } from './fixture.ts';

/** Each opens evidence several times, a third of a second each. */
const CASES = 8;

const request: fc.Arbitrary<RequestSpec> = fc
  .record({
    route: fc.constantFrom('product-read' as const, 'order-create' as const, 'health' as const),
    phase: fc.constantFrom('baseline' as const, 'fault' as const, 'recovery' as const),
    outcome: fc.constantFrom('ok' as const, 'error' as const, 'slow' as const),
    recorded: fc.constantFrom('full' as const, 'full' as const, 'no-entry' as const, 'none' as const),
    archived: fc.constantFrom('as-sampled' as const, 'whole' as const, 'part' as const, 'absent' as const),
    status: fc.constantFrom(undefined, undefined, 0, null, 404, 500),
    latencyMs: fc.constantFrom(undefined, 40, 1_999, 2_049, 2_100),
  })
  .map(({ status, latencyMs, ...spec }) => ({
    ...spec,
    ...(status === undefined ? {} : { status }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  }));
const requests = fc.array(request, { minLength: 1, maxLength: 60 });

interface Seen {
  readonly fate: readonly FateRow[];
  readonly tables: Tables;
}

async function seen(specs: readonly RequestSpec[], mutate?: (tables: Tables) => void): Promise<Seen> {
  let tables: Tables | undefined;
  const fate = await askRun(
    {
      requests: specs,
      mutate(of) {
        mutate?.(of);
        tables = of;
      },
    },
    (evidence) => evidence.query<FateRow>('SELECT * FROM fate ORDER BY seq'),
  );
  if (tables === undefined) throw new Error('the run has no tables');
  return { fate, tables };
}

const idsOf = (spans: readonly SpanRow[], traceId: string): ReadonlySet<string> =>
  new Set(spans.filter((span) => span.trace_id === traceId).map((span) => span.span_id));

/** The same by reading the rows one by one, without SQL. */
function observedOf({ recording, archive }: Tables, traceId: string): FateRow['observed'] {
  const [recorded, archived] = [idsOf(recording, traceId), idsOf(archive, traceId)];
  if (archived.size === 0) return 'absent';
  return recorded.size > 0 && [...recorded].every((id) => archived.has(id)) ? 'whole' : 'part';
}

/** The fixture's promises, read off the rows of one request. */
function promiseOf({ ledger, recording }: Tables, seq: number): string | null {
  const row = ledger.find((each) => each.seq === seq);
  if (row === undefined) throw new Error(`no request ${seq}`);
  const spans = recording.filter((span) => span.trace_id === row.trace_id);
  if ((row.status ?? 0) === 0 && spans.length === 0) return null;
  if (row.path.split('?')[0] === '/health') return 'health';
  if ((row.status ?? 0) >= 500 || spans.some(({ status }) => status === 'error')) return 'error';
  const entry = spans.find(({ service, kind }) => service === 'api-gateway' && kind === 'server');
  const tookUs = entry ? entry.end_us - entry.start_us : (row.latency_us ?? 0) - 50_000;
  return tookUs >= 2_000_000 ? 'slow' : 'rest';
}

test('a row a request; promise and observation are those that the rows give one by one', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (specs) => {
      const { fate, tables } = await seen(specs);
      expect(fate.map(({ seq }) => seq)).toEqual(specs.map((_, seq) => seq));
      for (const row of fate) {
        expect(row.observed).toBe(observedOf(tables, row.trace_id));
        expect(row.promise).toBe(promiseOf(tables, row.seq));
        expect(row.recorded_spans).toBe(idsOf(tables.recording, row.trace_id).size);
        expect(row.archived_spans).toBe(idsOf(tables.archive, row.trace_id).size);
      }
    }),
    { numRuns: CASES, seed: 1 },
  );
});

test('a stage is blamed for what is promised and not whole, and for nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (specs) => {
      const { fate } = await seen(specs);
      for (const row of fate) {
        const isKept =
          row.promise === null
            ? null
            : row.promise === 'error' || row.promise === 'slow'
              ? true
              : row.promise === 'rest' && traceHash(row.trace_id) <= hashThreshold(5);
        expect(row.promised_kept).toBe(isKept);
        const isOnlyUnrecorded = row.recorded_spans === 0 && row.archived_spans > 0;
        expect(row.lost_stage !== null).toBe(
          isKept === true && row.observed !== 'whole' && !isOnlyUnrecorded,
        );
      }
    }),
    { numRuns: CASES, seed: 2 },
  );
});

test('the order of the rows, and how often a span was delivered, change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.infiniteStream(fc.nat(2)), async (specs, stream) => {
      const draw = (): number => stream.next().value ?? 0;
      const again = (spans: readonly SpanRow[]): SpanRow[] =>
        spans.flatMap((span) => Array.from({ length: 1 + draw() }, () => ({ ...span }))).reverse();
      const { fate } = await seen(specs);
      const disordered = await seen(specs, (tables) => {
        tables.recording = again(tables.recording);
        tables.archive = again(tables.archive);
        tables.ledger.reverse();
      });
      expect(disordered.fate).toEqual(fate);
    }),
    { numRuns: CASES, seed: 3 },
  );
});

test('the archive decides what is observed, and has no say in what was promised or predicted', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.infiniteStream(fc.nat(3)), async (specs, stream) => {
      const { fate } = await seen(specs);
      const fewer = await seen(specs, (tables) => {
        tables.archive = tables.archive.filter(() => (stream.next().value ?? 0) > 0);
      });
      const rank = { absent: 0, part: 1, whole: 2 } as const;
      for (const [index, row] of fewer.fate.entries()) {
        const before = fate[index];
        if (before === undefined) throw new Error('fewer requests than before');
        const { promise, promised, promised_kept, predicted, policy } = before;
        expect(row).toMatchObject({ promise, promised, promised_kept, predicted, policy });
        // What is less can only be less.
        expect(rank[row.observed]).toBeLessThanOrEqual(rank[before.observed]);
      }
    }),
    { numRuns: CASES, seed: 4 },
  );
});
