/** Sends the recorded batches again, each when it is due, without waiting for the answers to those before. */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { messageOf } from '../errors.ts';
import type { TimedBatch } from './batches.ts';

export interface SendOptions {
  /** Base URL of the Collector's OTLP/HTTP receiver. */
  readonly url: string;
  readonly batches: AsyncIterable<TimedBatch>;
  readonly speed: number;
  readonly signal: AbortSignal;
  /** Told, before the first batch is sent, when it came on the clock of the recording. */
  onStart(atUs: number): void;
}

export interface Sent {
  readonly batches: number;
  readonly spans: number;
  /** Recorded time from the first batch to the last. */
  readonly recordedS: number;
  /** How late a batch was sent at most, on the replay's clock. */
  readonly latestMs: number;
  /** Spans of batches that the Collector refused until their sender gave up, and why the last of them was. */
  readonly givenUp: { readonly spans: number; readonly why: string | undefined };
}

/**
 * As the OTLP exporters of the JavaScript SDK do (otlp-exporter-base 0.223, retrying-transport): again after 1 s, each time half as
 * much longer, for 10 s, which makes five times in all. Without its jitter, so that a replay can be repeated.
 */
const RETRIES = { most: 5, firstMs: 1000, factor: 1.5, mostMs: 5000 };
const RETRYABLE = new Set([429, 502, 503, 504]);
const TIMEOUT_MS = 10_000;
/** Batches under way at most, so that memory does not grow when the Collector does not answer; those behind are late. */
const MOST_OPEN = 256;
const CONNECTIONS = 16;

/** @throws the signal's reason when it aborts, and what a batch's file threw */
export async function sendBatches({ url, batches, speed, signal, onStart }: SendOptions): Promise<Sent> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const open = new Set<Promise<void>>();
  const counts = { batches: 0, spans: 0, latestMs: 0, givenUp: 0 };
  let why: string | undefined;
  let first: { readonly atUs: number; readonly ms: number } | undefined;
  let lastUs = 0;
  const post = async ({ message, spans }: TimedBatch): Promise<void> => {
    const problem = await postUntilTaken(pool, message, speed, signal);
    if (problem === undefined) return;
    counts.givenUp += spans;
    why = problem;
  };
  try {
    for await (const batch of batches) {
      if (first === undefined) {
        onStart(batch.atUs);
        first = { atUs: batch.atUs, ms: performance.now() };
      }
      const dueMs = first.ms + (batch.atUs - first.atUs) / 1000 / speed;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
      while (open.size >= MOST_OPEN) await Promise.race(open);
      signal.throwIfAborted();
      counts.latestMs = Math.max(counts.latestMs, performance.now() - dueMs);
      counts.batches += 1;
      counts.spans += batch.spans;
      lastUs = batch.atUs;
      const sending = post(batch).finally(() => open.delete(sending));
      // Handled by the race above, or by the wait for all below.
      sending.catch(() => undefined);
      open.add(sending);
    }
    await Promise.all(open);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await pool.destroy();
  }
  return {
    batches: counts.batches,
    spans: counts.spans,
    recordedS: first === undefined ? 0 : (lastUs - first.atUs) / 1e6,
    latestMs: counts.latestMs,
    givenUp: { spans: counts.givenUp, why },
  };
}

/** Undefined when the Collector took it, else why it did not in the end. */
async function postUntilTaken(
  pool: Pool,
  body: Buffer,
  speed: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  let waitMs = RETRIES.firstMs;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await postOnce(pool, body, signal);
    if (answer === undefined) return undefined;
    if (!answer.isRetryable || attempt >= RETRIES.most) return answer.why;
    await delay(waitMs / speed, undefined, { signal });
    waitMs = Math.min(waitMs * RETRIES.factor, RETRIES.mostMs);
  }
}

async function postOnce(
  pool: Pool,
  body: Buffer,
  signal: AbortSignal,
): Promise<{ readonly why: string; readonly isRetryable: boolean } | undefined> {
  try {
    const response = await pool.request({
      method: 'POST',
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = (await response.body.text()).slice(0, 300);
    if (response.statusCode === 200) return undefined;
    return {
      why: `status ${response.statusCode} ${text}`.trim(),
      isRetryable: RETRYABLE.has(response.statusCode),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { why: messageOf(error), isRetryable: true };
  }
}
