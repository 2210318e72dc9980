import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Outcome, outcomeOf } from '../../../analysis/sampling-design/replayed.ts';
import type { RunRecord } from '../../../harness/contracts.ts';
import { openEvidence } from '../../../harness/evidence/store.ts';
import { type AgainstRun, againstRun } from '../../../harness/replay/against-run.ts';
import { withReplayHost } from '../../../harness/replay/host.ts';
import { type Replayed, replay } from '../../../harness/replay/replay.ts';
import { createRunFolder, readRunRecord } from '../../../harness/run-folder.ts';
import { needSources } from '../needed-sources.ts';
import { withEvidence } from '../with-evidence.ts';
import { RECORDING_FILE } from './measure.ts';

export interface ReplayRequest {
  readonly runFolder: string;
  /** Files; none = the one with which the run was made. */
  readonly collectorConfigs: readonly string[];
  readonly speed: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the folders of the replays stay; undefined = they are deleted. */
  readonly out?: string;
  readonly signal: AbortSignal;
  message(text: string): void;
}

export interface ReplayResult extends Omit<Replayed, 'run'> {
  readonly outcome: Outcome;
  readonly againstRun: AgainstRun;
  /** What of the decisions is not predicted exactly, and why. */
  readonly warnings: readonly string[];
  /** Why the replay proves nothing; empty when it was as it should be. */
  readonly doubts: readonly string[];
}

export interface ReplayReport {
  readonly run: { readonly id: string; readonly scenario: string; readonly folder: string };
  readonly promises: RunRecord['system']['promises'];
  readonly speed: number;
  /** Whether the batches are those that the SDKs sent, or made of the recorded spans. */
  readonly isAsSent: boolean;
  /** What the run's own Collector made of it. */
  readonly original: Outcome;
  readonly replays: readonly ReplayResult[];
}

/** Replays the run with each configuration, one after the other. See `replay` for what it throws. */
export async function replayAll(request: ReplayRequest): Promise<ReplayReport> {
  const { runFolder, signal, out } = request;
  const run = await readRunRecord(runFolder);
  const original = await withEvidence(runFolder, async (evidence) => {
    needSources(runFolder, evidence, ['ledger', 'recording', 'archive'], 'Replay a run that has it.');
    return outcomeOf(evidence);
  });
  const file = join(runFolder, RECORDING_FILE);
  const recordingFile = existsSync(file) ? file : undefined;
  const own = join(runFolder, 'configuration', 'collector.yaml');
  const configurations = request.collectorConfigs.length > 0 ? request.collectorConfigs : [own];
  // Made before anything is started, so that a folder that cannot be used is told at once.
  const kept = out === undefined ? undefined : await createRunFolders(out, configurations);
  const replays = await withReplayHost(signal, async (host) => {
    const results: ReplayResult[] = [];
    for (const [index, collectorConfig] of configurations.entries()) {
      const label = labelOf(index);
      request.message(`${label}: ${collectorConfig}, ${index + 1} of ${configurations.length}`);
      const { speed, environment, message } = request;
      const folder = kept?.[index] ?? join(host.folder, label);
      const order = { label, collectorConfig, speed, environment, folder, host, message };
      const replayed = await replay({ ...order, runFolder, run, recordingFile });
      results.push(await resultOf(replayed, runFolder, speed));
      signal.throwIfAborted();
    }
    return results;
  });
  return {
    run: { id: run.id, scenario: run.scenario, folder: runFolder },
    promises: run.system.promises,
    speed: request.speed,
    isAsSent: recordingFile !== undefined,
    original,
    replays,
  };
}

async function createRunFolders(out: string, configurations: readonly string[]): Promise<readonly string[]> {
  const folders = configurations.map((_, index) => join(resolve(out), labelOf(index)));
  for (const folder of folders) await createRunFolder(folder);
  return folders;
}

function labelOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

async function resultOf(
  { run, ...replayed }: Replayed,
  runFolder: string,
  speed: number,
): Promise<ReplayResult> {
  const evidence = await openEvidence(replayed.folder, run, []);
  try {
    const outcome = await outcomeOf(evidence);
    const against = await againstRun(runFolder, replayed.folder);
    const doubts = [...doubtsOf(replayed, outcome, speed)];
    return { ...replayed, outcome, againstRun: against, warnings: evidence.warnings, doubts };
  } finally {
    evidence.close();
  }
}

/** Of the decision wait; beyond it, traces may have been decided on in another state than in the run. */
const MOST_LATE_SHARE = 0.25;

/** Why a replay proves nothing, a sentence each. */
export function* doubtsOf(
  { sent, settled, decisionWaitS }: Omit<Replayed, 'run'>,
  { counters }: Outcome,
  speed: number,
): Generator<string> {
  const lateS = (sent.latestMs / 1000) * speed;
  const mostS = Math.max(1, decisionWaitS) * MOST_LATE_SHARE;
  if (lateS > mostS)
    yield `a batch was sent ${lateS.toFixed(1)} s of the recording too late (allowed: ${mostS.toFixed(1)} s): use a lower --speed, or a machine with less to do`;
  if (!settled.ok) yield `the Collector did not come to rest: ${settled.detail}`;
  if (sent.spans === 0) yield 'the recording holds no span';
  const missing = sent.spans - sent.givenUp.spans - counters.acceptedSpans;
  if (missing > 0) yield `the Collector counts ${missing} spans fewer than it was sent`;
}
