/** Batches made of the recorded spans, for a run whose flight recorder's file is not there any more. */
import type { SpanRow } from '../contracts.ts';
import { openDatabase } from '../evidence/database.ts';
import { encodeSpans } from '../evidence/otlp/encode.ts';
import { parquetPath } from '../evidence/parquet.ts';
import { queryRows } from '../evidence/query.ts';
import { ADDED_TO_RECORDING, columnList, literal } from '../evidence/tables.ts';
import type { TimedBatch } from './batches.ts';

/** The SDKs export once a second, or when so many spans wait (OTEL_BSP_MAX_EXPORT_BATCH_SIZE). */
const EXPORT_US = 1_000_000;
const MOST_SPANS = 512;
/** Read at a time. */
const SLICE_US = 10 * EXPORT_US;

/**
 * The spans of each service that ended within a second, as one batch at the end of that second, or several when they are many:
 * what SDKs do that export once a second. When within the second each did, nobody knows any more.
 * @param temporaryFolder where the database spills what exceeds its memory; it makes the folder when it does
 */
export async function* rebuiltBatches(
  runFolder: string,
  temporaryFolder: string,
): AsyncGenerator<TimedBatch> {
  const database = await openDatabase(':memory:', temporaryFolder);
  try {
    const none = columnList(ADDED_TO_RECORDING);
    await database.run(`CREATE TABLE added (${none})`);
    await database.run(`CREATE VIEW recording AS
      SELECT * FROM read_parquet(${literal(parquetPath(runFolder, 'recording'))}) UNION ALL BY NAME FROM added`);
    const [range] = await queryRows<{ first: number | null; last: number | null }>(
      database.connection,
      'SELECT min(end_us) AS first, max(end_us) AS last FROM recording',
    );
    if (range?.first == null || range.last === null) return;
    for (let fromUs = range.first; fromUs <= range.last; fromUs += SLICE_US) {
      const spans = await queryRows<SpanRow & { export_us: number }>(
        database.connection,
        `SELECT *, CAST($first + ((end_us - $first) // ${EXPORT_US} + 1) * ${EXPORT_US} AS BIGINT) AS export_us
         FROM recording WHERE end_us >= $from AND end_us < $until ORDER BY export_us, service, end_us, span_id`,
        { first: range.first, from: fromUs, until: fromUs + SLICE_US },
      );
      for (const batch of batchesIn(spans))
        yield { message: encodeSpans(batch), spans: batch.length, atUs: batch[0]?.export_us ?? fromUs };
    }
  } finally {
    database.close();
  }
}

/** Neighbours of one service and one export, at most 512. */
function* batchesIn<Row extends SpanRow & { export_us: number }>(
  spans: readonly Row[],
): Generator<readonly Row[]> {
  let start = 0;
  for (let index = 1; index <= spans.length; index += 1) {
    const [first, next] = [spans[start], spans[index]];
    const belongs =
      next !== undefined &&
      next.service === first?.service &&
      next.export_us === first.export_us &&
      index - start < MOST_SPANS;
    if (belongs) continue;
    yield spans.slice(start, index);
    start = index;
  }
}
