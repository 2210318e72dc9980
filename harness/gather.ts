import type { Doubt, RunRecord, Source, Stack, System } from './contracts.ts';
import { messageOf } from './errors.ts';
import { gatherArchive } from './evidence/archive.ts';
import { atRest } from './evidence/at-rest.ts';
import { gatherBooks } from './evidence/books.ts';
import type { GaugeSampler } from './evidence/gauges.ts';
import type { LedgerGatherer } from './evidence/ledger.ts';
import { RecordingGatherer } from './evidence/recording.ts';
import type { Sampling } from './evidence/sampler/config.ts';
import { settle } from './evidence/settle.ts';
import type { EvidenceWriter } from './evidence/writer.ts';

export interface GatherOrder {
  readonly system: System;
  readonly stack: Stack;
  readonly evidence: EvidenceWriter;
  readonly ledger: LedgerGatherer;
  readonly gauges: GaugeSampler;
  readonly sampling: Pick<Sampling, 'decisionWaitS' | 'processor'>;
  /** When the first request was due, and when the last had ended. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** Undefined for a run whose parts all live; else why there is no use in waiting for them. */
  readonly cutShort: string | undefined;
  readonly signal: AbortSignal;
  message(text: string): void;
}

export interface Gathered {
  readonly settled: RunRecord['settled'];
  readonly atRest?: NonNullable<RunRecord['atRest']>;
  readonly missing: Readonly<Partial<Record<Source, string>>>;
  readonly doubts: readonly Doubt[];
  readonly notes: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
}

/** What a gatherer has to say of its source. */
interface Remarks {
  readonly doubts?: readonly string[];
  /** Doubts whose reason is that a search does not answer all. */
  readonly searchLimits?: readonly string[];
  readonly notes?: readonly string[];
}

/** Clocks of one machine agree, but a span may start a little before the request was due by the first record. */
const MARGIN_US = 2_000_000;

/**
 * Waits until the pipeline has come to rest, and brings in all evidence that is not gathered while the load goes on. A
 * source that cannot be read is reported as missing and does not keep the others from it.
 */
export async function gather(order: GatherOrder): Promise<Gathered> {
  const { evidence, stack, system, signal } = order;
  const started = performance.now();
  const elapsedS = (): number => Math.round(performance.now() - started) / 1000;
  const missing: Partial<Record<Source, string>> = {};
  const doubts: Doubt[] = [];
  const notes: string[] = [];
  const attempt = async (source: Source, action: () => Promise<Remarks>): Promise<void> => {
    try {
      const remarks = await action();
      doubts.push(
        ...(remarks.doubts ?? []).map((what) => ({ source, what })),
        ...(remarks.searchLimits ?? []).map((what) => ({ source, what, searchLimit: true as const })),
      );
      notes.push(...(remarks.notes ?? []));
    } catch (error) {
      signal.throwIfAborted();
      missing[source] = messageOf(error);
    }
  };

  // Decoding starts at once: while the sampler waits, the machine has nothing else to do.
  // Let go of when the run is stopped meanwhile: who follows a file keeps the process alive.
  await using recording = await RecordingGatherer.create(evidence, stack.recordingFile);
  recording.follow();
  await attempt('ledger', () => order.ledger.finish());
  const rest = await restUnlessCutShort(order);
  const settled = await settleUnlessCutShort(order);
  const settledS = elapsedS();
  order.message(settledMessage(settled, settledS, order.sampling.decisionWaitS));
  // The last scrape comes before the end of the recording is read, and before the books, for which services make more
  // spans: so all that the Collector has accepted by its counters is in the recording.
  await attempt('gauges', () => order.gauges.stop());
  await attempt('archive', () =>
    gatherArchive(evidence, {
      jaegerUrl: stack.jaegerUrl,
      service: system.entry,
      fromUs: order.fromUs - MARGIN_US,
      untilUs: order.untilUs + MARGIN_US,
      signal,
    }),
  );
  await attempt('recording', () => recording.finish());
  await attempt('books', async () => {
    const { failed } = await gatherBooks(evidence, system.books, {
      databaseUrl: stack.databaseUrl,
      serviceUrl: (name) => stack.serviceUrl(name),
      signal,
    });
    const problems = Object.entries(failed).map(([book, why]) => `book ${book}: ${why}`);
    if (problems.length > 0) throw new Error(problems.join('; '));
    return {};
  });
  return {
    settled,
    ...(rest ? { atRest: rest } : {}),
    missing,
    doubts,
    notes,
    timings: { settledS, gatheredS: elapsedS() },
  };
}

/** The details of a pipeline that came to rest are in run.json. Part of the time no pipeline could make shorter. */
export function settledMessage(
  { ok, detail }: RunRecord['settled'],
  settledS: number,
  decisionWaitS: number,
): string {
  if (!ok) return `traces did NOT settle: ${detail}`;
  const wait = decisionWaitS > 0 ? ` (of which ${decisionWaitS} s are the sampler's wait)` : '';
  return `traces settled after ${settledS.toFixed(0)} s${wait}`;
}

/** Waits for what the system does after its last answer; it may leave traces, so they settle after it. */
async function restUnlessCutShort(order: GatherOrder): Promise<RunRecord['atRest']> {
  const { cutShort, signal, stack, system } = order;
  if (!system.openWork?.length) return undefined;
  if (cutShort !== undefined)
    return { ok: false, waitedS: 0, detail: `not waited for, the run was cut short: ${cutShort}` };
  const rest = await atRest({ openWork: system.openWork, databaseUrl: stack.databaseUrl, signal });
  order.message(
    rest.ok
      ? `load ended; all work done ${rest.waitedS.toFixed(1)} s later`
      : `load ended; NOT all work is done: ${rest.detail}`,
  );
  return rest;
}

async function settleUnlessCutShort(order: GatherOrder): Promise<RunRecord['settled']> {
  const { stack, cutShort } = order;
  const { decisionWaitS, processor } = order.sampling;
  if (cutShort !== undefined)
    return { ok: false, waitedS: 0, detail: `not waited for, the run was cut short: ${cutShort}` };
  order.message(`waiting until the traces have settled (the sampler decides after ${decisionWaitS} s)`);
  return settle({
    collectorMetricsUrl: stack.collectorMetricsUrl,
    sdkMetricsUrls: stack.sdkMetricsUrls,
    jaegerUrl: stack.jaegerUrl,
    service: order.system.entry,
    decisionWaitS,
    hasSampler: processor !== null,
    endUs: order.untilUs,
    signal: order.signal,
  });
}
