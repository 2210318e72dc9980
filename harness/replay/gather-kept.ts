/** What came out of a replay's Collector, as the table `archive`. */
import { FrameReader } from '../evidence/frames.ts';
import { decodeTraces } from '../evidence/otlp/proto.ts';
import { SpanTable } from '../evidence/otlp/span-table.ts';
import type { EvidenceWriter } from '../evidence/writer.ts';

/** Writes archive.parquet; a span that went to several backends counts once. Returns how many came. */
export async function gatherKept(evidence: EvidenceWriter, path: string): Promise<number> {
  const table = await SpanTable.create(evidence, 'archive');
  const frames = new FrameReader(path);
  try {
    for await (const messages of frames.chunks())
      for (const message of messages) decodeTraces(message, (span) => table.add(span));
  } finally {
    await frames.close();
  }
  const { total } = table;
  await table.save(true);
  return total;
}
