/** The recorded batches with the times at which they are to be sent again. */
import { FrameReader } from '../evidence/frames.ts';
import { batchOf } from '../evidence/otlp/batch.ts';

export interface TimedBatch {
  /** OTLP protobuf, as the SDK sent it. */
  readonly message: Buffer;
  readonly spans: number;
  /** When it came, on the clock of the recording. */
  readonly atUs: number;
}

/**
 * Reads the flight recorder's file. It holds the batches in the order in which they came, but no times; so a batch is taken to
 * have come when the last of its spans had ended, and not before the batches ahead of it. While there is traffic, some span
 * has always just ended, so this is late by no more than the way from the SDK to the Collector, and early by no more than
 * the pause until the next batch of whatever service.
 * @param untilUs no batch came later; a span that ends later has the clock of another machine
 */
export async function* timedBatches(path: string, untilUs: number): AsyncGenerator<TimedBatch> {
  const frames = new FrameReader(path);
  let lastUs = 0;
  try {
    for await (const messages of frames.chunks()) {
      for (const message of messages) {
        const { spans, latestEndUs } = batchOf(message);
        if (spans === 0) continue;
        lastUs = Math.max(lastUs, Math.min(latestEndUs, untilUs));
        yield { message, spans, atUs: lastUs };
      }
    }
  } finally {
    await frames.close();
  }
}
