/**
 * Replays through the real Collector: a run of the fixture with the batches that its flight recorder holds, with the
 * configuration of the run and with others.
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectorYaml } from '../../analysis/sampling-design/collector-yaml.ts';
import { type ReplayReport, type ReplayResult, replayAll } from '../../commands/lib/sampling/replay.ts';
import { parsePrometheus, total } from '../../harness/evidence/prometheus.ts';
import { pollUntil } from '../../harness/stack/poll.ts';
import { findLeased, readCommand } from '../../harness/stack/process-scan.ts';
import { replaced } from '../analysis/sampling-lint/support.ts';
import { type FixtureRun, healthyRequests, makeRun, type RequestSpec, SYSTEM } from '../evidence/fixture.ts';
import { PROJECT_COLLECTOR, startParts } from '../evidence/real-parts.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** One second for the sampler's ten. */
const SPEED = 10;

/** Besides the failed orders, slow ones: some of 3 s, some of more than 5 s. */
function requests(): RequestSpec[] {
  return healthyRequests().map((request, index): RequestSpec => {
    if (request.route !== 'product-read' || index % 20 !== 3) return request;
    return { ...request, outcome: 'slow', latencyMs: index % 40 === 3 ? 3000 : 6000 };
  });
}

let run: FixtureRun;
let folder: string;
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaoscope-test-'));
  run = await makeRun({ requests: requests(), run: { faults: [] }, collectorConfig: PROJECT_COLLECTOR });
  // A real Collector records the batches: a request's spans in one, as its services would send them within a second.
  const parts = await startParts({ collector: PROJECT_COLLECTOR });
  try {
    for (const { seq } of run.tables.ledger) {
      const spans = run.tables.spansOf(seq);
      if (spans.length > 0) await parts.send(spans);
    }
    const recorded = run.tables.recording.length;
    await pollUntil(
      async () => {
        const text = await (await fetch(parts.collectorMetricsUrl)).text();
        const own = parsePrometheus(text).filter(({ labels }) => labels['exporter'] === 'file/recording');
        const sent = total(own, 'otelcol_exporter_sent_spans') ?? 0;
        return sent >= recorded ? undefined : `${sent} of ${recorded} spans recorded`;
      },
      { withinMs: 20_000 },
    );
    // What it has counted is in its buffer for 200 ms.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    copyFileSync(parts.recordingFile, join(run.folder, 'recording.otlp.zst'));
  } finally {
    await parts.stop();
  }
});
afterAll(() => {
  run?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function replayed(collectorConfigs: readonly string[], out?: string): Promise<ReplayReport> {
  return replayAll({
    runFolder: run.folder,
    collectorConfigs,
    speed: SPEED,
    environment: {},
    ...(out === undefined ? {} : { out }),
    signal: new AbortController().signal,
    message: () => undefined,
  });
}

const kept = ({ outcome }: Pick<ReplayResult, 'outcome'>, promise: string) =>
  outcome.classes.find((each) => each.promise === promise)?.whole ?? 0;

describe('a replay', { timeout: 300_000 }, () => {
  it("with the run's own configuration keeps the same traces; with others, what these are predicted to keep", async () => {
    const four = replaced(PROJECT_COLLECTOR, 'sampling_percentage: 5', 'sampling_percentage: 40');
    const late = replaced(PROJECT_COLLECTOR, 'threshold_ms: 1999', 'threshold_ms: 5000');
    const inverted = replaced(
      PROJECT_COLLECTOR,
      / {6}- name: no-health-checks[\s\S]*?(?= {6}# Every trace with an error)/,
      '      - { name: no-health-checks, type: string_attribute, string_attribute: { key: http.target, values: [/health], invert_match: true } }\n',
    );
    const own = join(run.folder, 'configuration', 'collector.yaml');
    const designed = collectorYaml({
      promises: SYSTEM.promises,
      ratePerS: 60,
      bytesPerTrace: 10_000,
      decisionWaitS: 10,
    });
    const { original, replays } = await replayed([
      own,
      file('four.yaml', four),
      file('late.yaml', late),
      file('inverted.yaml', inverted),
      file('designed.yaml', designed),
    ]);
    for (const { label, outcome, doubts, settled, received } of replays) {
      expect([label, outcome.disagreements, outcome.examples, doubts]).toEqual([label, 0, [], []]);
      expect(settled.ok).toBe(true);
      expect(outcome.counters).toMatchObject({
        acceptedSpans: run.tables.recording.length,
        evictedTraces: 0,
        lateSpans: 0,
        refusedSpans: 0,
        exportFailedSpans: 0,
      });
      expect(outcome.counters.peakMemoryBytes).toBeGreaterThan(10e6);
      expect(received.bytes).toBeGreaterThan(outcome.keptSpans * 50);
    }
    const [a, b, c, d, e] = replays;
    if (!a || !b || !c || !d || !e) throw new Error('a replay is missing');
    const slow = run.tables.ledger.filter(({ latency_us }) => (latency_us ?? 0) >= 2e6);
    expect(slow.length).toBeGreaterThan(15);
    const archived = new Set(run.tables.archive.map(({ trace_id }) => trace_id)).size;
    // A: the run's own.
    expect(a.againstRun).toEqual({ same: archived, different: 0, onlyRun: 0, onlyReplay: 0, examples: [] });
    expect(a.outcome.classes).toEqual(original.classes);
    // B: more of the rest, all else the same.
    expect([kept(b, 'error'), kept(b, 'slow')]).toEqual([kept(a, 'error'), kept(a, 'slow')]);
    expect(kept(b, 'rest')).toBeGreaterThan(kept(a, 'rest') * 4);
    expect(b.againstRun).toMatchObject({ onlyRun: 0, onlyReplay: kept(b, 'rest') - kept(a, 'rest') });
    // C: of the slow ones, those of 6 s, and the share of the others.
    const longest = slow.filter(({ latency_us }) => (latency_us ?? 0) >= 5.5e6).length;
    expect(kept(c, 'slow')).toBeGreaterThanOrEqual(longest);
    expect(kept(c, 'slow')).toBeLessThan(kept(a, 'slow'));
    expect(c.outcome.lost).toContainEqual({
      promise: 'slow',
      stage: 'no-policy-keeps-it',
      traces: kept(a, 'slow') - kept(c, 'slow'),
    });
    // D: everything, health checks too.
    expect(d.outcome.classes.reduce((sum, { whole }) => sum + whole, 0)).toBe(run.tables.ledger.length);
    expect(kept(d, 'health')).toBeGreaterThan(0);
    // E: what `sampling design` makes of the promises is taken by the Collector and does the same.
    expect(e.againstRun).toEqual(a.againstRun);
  });

  it("keeps the same traces when only the recording is left and the flight recorder's file is gone", async () => {
    const recording = join(run.folder, 'recording.otlp.zst');
    renameSync(recording, `${recording}.away`);
    try {
      const { isAsSent, replays } = await replayed([]);
      expect(isAsSent).toBe(false);
      const archived = new Set(run.tables.archive.map(({ trace_id }) => trace_id)).size;
      expect(
        replays.map(({ outcome, doubts, againstRun }) => [outcome.disagreements, doubts, againstRun]),
      ).toEqual([[0, [], { same: archived, different: 0, onlyRun: 0, onlyReplay: 0, examples: [] }]]);
    } finally {
      renameSync(`${recording}.away`, recording);
    }
  });

  it('shows what a Collector loses that the policies would keep', async () => {
    const small = replaced(PROJECT_COLLECTOR, 'num_traces: 50000', 'num_traces: 5');
    const out = join(folder, 'kept');
    const { replays } = await replayed([file('small.yaml', small)], out);
    const [{ outcome, againstRun } = { outcome: undefined, againstRun: undefined }] = replays;
    expect(outcome?.counters.evictedTraces).toBeGreaterThan(300);
    expect(outcome?.lost.map(({ stage }) => stage)).toContain('evicted-before-decision');
    expect(outcome?.disagreements).toBeGreaterThan(10);
    expect(againstRun?.onlyRun).toBeGreaterThan(10);
    // The folder stays, and is read like a run's.
    const query = await chaoscope('query', join(out, 'A'), 'SELECT count(*) AS requests FROM fate');
    expect(JSON.parse(query.stdout)).toEqual({ requests: run.tables.ledger.length });
  });
});

const chaoscope = (...args: readonly string[]): ResultPromise<{ reject: false; stdin: 'ignore' }> =>
  execa(process.execPath, [join(ROOT, 'cli.ts'), ...args], {
    reject: false,
    stdin: 'ignore',
    // Of its own, so that what other runs of the machine have there is not taken for its.
    env: { TMPDIR: temporary() },
  });

function temporary(): string {
  const path = join(folder, 'tmp');
  mkdirSync(path, { recursive: true });
  return path;
}

const replayCommand = (...args: readonly string[]) =>
  chaoscope('sampling', 'replay', run.folder, '--speed', String(SPEED), ...args);

/** What the command has in its temporary folder, and its Collector, whose configuration lies there. */
function leftovers(): readonly string[] {
  const processes = [...findLeased().keys()].map((pid) => readCommand(pid).join(' '));
  return [...readdirSync(temporary()), ...processes.filter((command) => command.includes(temporary()))];
}

const isCollectorUp = async () =>
  leftovers().some((each) => each.includes('--config')) ? undefined : 'there is no Collector yet';

describe('chaoscope sampling replay', () => {
  it.each([
    ['a policy of an unknown type', 'type: latency', 'type: latenz', /unknown sampling policy type.*latenz/],
    ['a setting that there is not', 'num_traces:', 'number_of_traces:', /number_of_traces/],
  ])("refuses %s in the Collector's own words", async (_what, part, by, words) => {
    const { exitCode, stdout, stderr } = await replayCommand(
      '--collector-config',
      file('bad.yaml', replaced(PROJECT_COLLECTOR, part, by)),
    );
    expect(stderr).toMatch(/the Collector does not run with its configuration \(.*bad\.yaml\)/);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(leftovers()).toEqual([]);
  });

  it('cleans up after Ctrl-C', async () => {
    const child = replayCommand();
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await pollUntil(isCollectorUp, { withinMs: 20_000 });
    child.kill('SIGINT');
    const { exitCode } = await child;
    expect(exitCode).toBe(130);
    expect(text).toMatch(/everything is cleaned up/);
    expect(leftovers()).toEqual([]);
  });

  it('is cleaned up by the keeper when it is killed', async () => {
    const child = replayCommand();
    await pollUntil(isCollectorUp, { withinMs: 20_000 });
    child.kill('SIGKILL');
    await child;
    await pollUntil(async () => leftovers().join(', ') || undefined, {
      withinMs: 20_000,
    });
  });
});
