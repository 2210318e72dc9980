import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineRow } from '../../harness/contracts.ts';
import { openDatabase } from '../../harness/evidence/database.ts';
import { queryRows } from '../../harness/evidence/query.ts';
import { literal } from '../../harness/evidence/tables.ts';
import { Timeline } from '../../harness/evidence/timeline.ts';
import { OUTAGES } from '../../harness/evidence/views/outages.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';

const PARTS = ['collector', 'jaeger', 'line\nbreak "quoted" ü'];

const moment = fc.record({
  kind: fc.constantFrom('part' as const, 'part' as const, 'phase' as const, 'fault' as const),
  name: fc.constantFrom(...PARTS),
  event: fc.constantFrom('started', 'ending', 'died'),
  detail: fc.oneof(
    fc.constant({}),
    fc.constantFrom('kill', 'stop').map((how) => ({ how })),
    fc.string().map((error) => ({ error })),
  ),
  // Few instants, so that several things happen at the same.
  at_us: fc.nat(20).map((second) => 1_760_000_000_000_000 + second * 1_000_000),
});
type Moment = typeof moment extends fc.Arbitrary<infer Value> ? Value : never;

interface Outage {
  readonly part: string;
  readonly how: string;
  readonly from_us: number;
  readonly until_us: number | null;
}

/** What a timeline of these moments is when it is read again, and the outages that it tells of. */
async function saved(moments: readonly Moment[]) {
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-test-'));
  try {
    const timeline = new Timeline(folder);
    for (const { kind, name, event, detail, at_us } of moments)
      timeline.add(kind, name, event, detail, at_us);
    const writer = await EvidenceWriter.create(folder);
    await timeline.save(writer);
    writer.close();
    const database = await openDatabase(':memory:', folder);
    try {
      const file = literal(join(folder, 'evidence', 'timeline.parquet'));
      await database.run(`CREATE TABLE timeline AS FROM read_parquet(${file})`);
      return {
        rows: await queryRows<TimelineRow>(database.connection, 'FROM timeline'),
        outages: await queryRows<Outage>(database.connection, OUTAGES),
      };
    } finally {
      database.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same without SQL: each end lasts until the next start of the part. */
function outagesOf(moments: readonly Moment[]): readonly Outage[] {
  const parts = moments.filter(({ kind }) => kind === 'part');
  return parts
    .filter(({ event }) => event !== 'started')
    .map(({ name, event, detail, at_us }) => {
      const starts = parts.filter(
        (other) => other.name === name && other.event === 'started' && other.at_us >= at_us,
      );
      return {
        part: name,
        how: event === 'died' ? 'died' : 'how' in detail ? detail.how : 'kill',
        from_us: at_us,
        until_us: starts.length === 0 ? null : Math.min(...starts.map((start) => start.at_us)),
      };
    });
}

const sorted = <Value>(values: readonly Value[]): readonly string[] =>
  values.map((value) => JSON.stringify(value)).sort();

test('nothing that was noted is lost or changed, and time goes forward', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { maxLength: 40 }), async (moments) => {
      const { rows } = await saved(moments);
      const read = rows.map(({ detail, ...row }) => ({ ...row, detail: JSON.parse(detail) }));
      const noted = moments.map(({ detail, kind, name, event, at_us }) => ({
        at_us,
        kind,
        name,
        event,
        detail,
      }));
      expect(sorted(read)).toEqual(sorted(noted));
      const times = rows.map(({ at_us }) => at_us);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('an outage lasts from the end of a part until it is started next', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { maxLength: 40 }), async (moments) => {
      const { outages } = await saved(moments);
      const columns = ({ part, how, from_us, until_us }: Outage) => ({ part, how, from_us, until_us });
      expect(sorted(outages.map(columns))).toEqual(sorted(outagesOf(moments)));
    }),
    { numRuns: 60, seed: 2 },
  );
});
