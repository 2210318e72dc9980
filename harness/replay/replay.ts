/** One replay: the recorded batches through a real Collector with one configuration, and what came out as evidence. */
import { join } from 'node:path';
import { nowUs } from '../clock.ts';
import type { RunRecord } from '../contracts.ts';
import { GaugeSampler } from '../evidence/gauges.ts';
import type { Sampling } from '../evidence/sampler/config.ts';
import { settleCollector } from '../evidence/settle.ts';
import type { Settled } from '../evidence/until-still.ts';
import { EvidenceWriter } from '../evidence/writer.ts';
import { type TimedBatch, timedBatches } from './batches.ts';
import { type ReplayCollector, startCollector } from './collector.ts';
import { finishFolder, prepareFolder } from './folder.ts';
import { gatherKept } from './gather-kept.ts';
import type { ReplayOrder } from './order.ts';
import { rebuiltBatches } from './rebuilt.ts';
import type { Received } from './receiver.ts';
import { type Sent, sendBatches } from './send.ts';

export interface Replayed {
  readonly label: string;
  readonly collectorConfig: string;
  readonly folder: string;
  /** Of the folder, which is read like a run's. */
  readonly run: RunRecord;
  /** Of the configuration as the user has it. */
  readonly decisionWaitS: number;
  /** What of it was changed for the replay. */
  readonly notes: readonly string[];
  readonly sent: Sent;
  readonly received: Received;
  /** Whether its Collector had decided on all traces and sent on what it keeps. */
  readonly settled: Settled;
}

/** A span that ends later than this after the last phase has the clock of another machine. */
const LATEST_AFTER_US = 120_000_000;
const GAUGES_MS = 250;
const GAUGES_DEADLINE_MS = 5000;

/**
 * Sends the run's batches through the Collector and leaves a folder like a run's: recording and ledger of the run, the archive is
 * what came out, gauges are those of this Collector, the configuration is the user's.
 * @throws UserError when the configuration cannot be replayed, in the Collector's own words when it refuses it
 */
export async function replay(order: ReplayOrder): Promise<Replayed> {
  const { folder, label, collectorConfig } = order;
  const sampling = await prepareFolder(order);
  await using collector = await startCollector(order);
  const evidence = await EvidenceWriter.create(folder);
  try {
    const { sent, settled } = await sendThrough(order, { collector, evidence, sampling });
    await collector.stop();
    await gatherKept(evidence, collector.keptFile);
    order.host.signal.throwIfAborted();
    return {
      label,
      collectorConfig,
      folder,
      run: await finishFolder(order, settled),
      decisionWaitS: sampling.decisionWaitS,
      notes: collector.notes,
      sent,
      received: collector.received,
      settled,
    };
  } finally {
    evidence.close();
  }
}

async function sendThrough(
  order: ReplayOrder,
  parts: {
    readonly collector: ReplayCollector;
    readonly evidence: EvidenceWriter;
    readonly sampling: Sampling;
  },
): Promise<{ readonly sent: Sent; readonly settled: Settled }> {
  const { run, speed, label } = order;
  const { pid, metricsUrl, otlpUrl, signal } = parts.collector;
  // The replay's clock is put onto that of the recording, so that losses stand at the time of the traces that they hit.
  let start = { atUs: nowUs(), recordedUs: run.phases[0]?.startUs ?? nowUs() };
  const gauges = await GaugeSampler.start(parts.evidence, {
    parts: [{ name: 'collector', pid }],
    collectorMetricsUrl: metricsUrl,
    intervalMs: GAUGES_MS,
    clockUs: () => Math.round(start.recordedUs + (nowUs() - start.atUs) * speed),
  });
  order.host.cleanup.register(`gauges of replay ${label}`, () => gauges.halt(), GAUGES_DEADLINE_MS);
  const sent = await sendBatches({
    url: otlpUrl,
    batches: batchesOf(order),
    speed,
    signal,
    onStart: (recordedUs) => {
      start = { atUs: nowUs(), recordedUs };
    },
  });
  order.message(`${label}: ${sent.spans} spans sent; waiting until the sampler has decided`);
  const { decisionWaitS, processor } = parts.sampling;
  const settled = await settleCollector({
    collectorMetricsUrl: metricsUrl,
    decisionWaitS: Math.ceil(decisionWaitS / speed),
    hasSampler: processor !== null,
    signal,
  });
  await gauges.stop();
  return { sent, settled };
}

function batchesOf({ recordingFile, runFolder, run, host, label }: ReplayOrder): AsyncGenerator<TimedBatch> {
  return recordingFile === undefined
    ? rebuiltBatches(runFolder, join(host.folder, `spill-${label}`))
    : timedBatches(recordingFile, latestUs(run));
}

function latestUs({ phases }: RunRecord): number {
  const ends = phases.map(({ endUs }) => endUs);
  return ends.length === 0 ? Number.MAX_SAFE_INTEGER : Math.max(...ends) + LATEST_AFTER_US;
}
