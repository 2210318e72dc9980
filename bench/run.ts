/**
 * `npm run bench`: figures of one run of the main job at its full rate. CPU of each part, lag, latencies, the time from
 * the end of the load to the verdict, and how fast the recording becomes evidence. Figures of a shared machine:
 * compare within one run only. Further arguments go to the run, e.g. `npm run bench -- --rate 500`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { untilStopped } from '../commands/lib/until-stopped.ts';
import type { Evidence } from '../harness/contracts.ts';
import { RecordingGatherer } from '../harness/evidence/recording.ts';
import { openEvidence } from '../harness/evidence/store.ts';
import { EvidenceWriter } from '../harness/evidence/writer.ts';
import { readRunRecord } from '../harness/run-folder.ts';
import { print } from './lib/table.ts';

const ROOT = join(import.meta.dirname, '..');
/** How long a run may take to clean up when it is stopped. */
const STOP_MS = 150_000;

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chaoscope-bench-'));
  try {
    const runFolder = join(folder, 'run');
    const { exitCode, verdictS } = await timedRun(runFolder, args, signal);
    const run = await readRunRecord(runFolder);
    const evidence = await openEvidence(runFolder, run, []);
    try {
      print('CPU over the measured phases, % of one core', await cpu(evidence));
      print('schedule lag, ms', await lag(evidence));
      print('response time from due, ms', await latencies(evidence));
    } finally {
      evidence.close();
    }
    const { settledS = 0 } = run.timings;
    print('after the load, s', [
      { until: 'traces settled', seconds: settledS.toFixed(1) },
      { until: 'verdict', seconds: verdictS.toFixed(1) },
    ]);
    print('recording into evidence', [await decoding(folder, join(runFolder, 'recording.otlp.zst'))]);
    return exitCode;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timedRun(
  runFolder: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ exitCode: number; verdictS: number }> {
  const child = execa(process.execPath, ['cli.ts', 'run', 'stripe-slow', '--out', runFolder, ...args], {
    cwd: ROOT,
    reject: false,
    stdin: 'ignore',
    stdout: 'inherit',
    cancelSignal: signal,
    forceKillAfterDelay: STOP_MS,
  });
  let endedAt = performance.now();
  for await (const line of child.iterable({ from: 'stderr' })) {
    process.stderr.write(`${line}\n`);
    if (line.startsWith('load ended')) endedAt = performance.now();
  }
  const { exitCode = 1 } = await child;
  signal.throwIfAborted();
  return { exitCode, verdictS: (performance.now() - endedAt) / 1000 };
}

const MEASURED = `SELECT min(start_us) AS a, max(end_us) AS b FROM phases WHERE name <> 'warmup'`;

/** Parts by their share, and the machine as a whole: with two cores, all busy is 200 %. */
function cpu(evidence: Evidence): Promise<object[]> {
  return evidence.query(`
    WITH m AS (${MEASURED}),
    spent AS (
      SELECT part, json_extract_string(labels, '$.mode') AS mode,
        max(value) - min(value) AS seconds, (max(at_us) - min(at_us)) / 1e6 AS over
      FROM gauges, m WHERE at_us BETWEEN a AND b AND metric IN ('process_cpu_seconds', 'cpu_seconds')
      GROUP BY ALL)
    SELECT concat_ws(' ', part, mode) AS part, round(100 * seconds / over, 1) AS percent
    FROM spent WHERE over > 0 ORDER BY part = 'machine', percent DESC`);
}

function lag(evidence: Evidence): Promise<object[]> {
  return evidence.query(`
    SELECT round(quantile_cont((sent_us - due_us) / 1e3, 0.5), 2) AS p50,
      round(quantile_cont((sent_us - due_us) / 1e3, 0.99), 2) AS p99, round(max(sent_us - due_us) / 1e3, 1) AS max
    FROM ledger WHERE phase <> 'warmup'`);
}

function latencies(evidence: Evidence): Promise<object[]> {
  const at = (share: number) => `round(quantile_cont((sent_us + latency_us - due_us) / 1e3, ${share}), 1)`;
  return evidence.query(`
    SELECT route, phase, count(*) AS requests, ${at(0.5)} AS p50, ${at(0.95)} AS p95, ${at(0.99)} AS p99
    FROM ledger WHERE phase <> 'warmup' GROUP BY ALL ORDER BY route, phase`);
}

/** Decodes the recording once more, alone. */
async function decoding(folder: string, recording: string): Promise<object> {
  const evidence = await EvidenceWriter.create(join(folder, 'decoding'));
  try {
    const started = performance.now();
    const gatherer = await RecordingGatherer.create(evidence, recording);
    const { spans } = await gatherer.finish();
    const seconds = (performance.now() - started) / 1000;
    return { spans, seconds: seconds.toFixed(1), spansPerSecond: Math.round(spans / seconds) };
  } finally {
    evidence.close();
  }
}

process.exitCode = await untilStopped((signal) => main(process.argv.slice(2), signal));
