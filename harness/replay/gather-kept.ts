/** What came out of a replay's Collector, as the table `archive`. */
import { FrameReader } from '../evidence/frames.ts';
import { decodeTraces } from '../evidence/otlp/proto.ts';
import { SpanTable } from '../evidence/otlp/span-table.ts';
import type { EvidenceWriter } from '../evidence/writer.ts';

/** Writes archive.parquet; a span that went to several backends counts once. */
export async function gatherKept(evidence: EvidenceWriter, path: string): Promise<void> {
  const table = await SpanTable.create(evidence, 'archive');
  const frames = new FrameReader(path);
  try {
    await frames.read((message) => decodeTraces(message, (span) => table.add(span)));
  } finally {
    await frames.close();
  }
  await table.save(true);
}
