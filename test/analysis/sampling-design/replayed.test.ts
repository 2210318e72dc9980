import { afterEach, expect, test } from 'vitest';
import { outcomeOf } from '../../../analysis/sampling-design/replayed.ts';
import { againstRun } from '../../../harness/replay/against-run.ts';
import { type FixtureRun, makeRun, type RunSpec, traceIdOf } from '../../evidence/fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

async function made(spec: RunSpec = {}): Promise<FixtureRun> {
  const run = await makeRun(spec);
  runs.push(run);
  return run;
}

async function outcome(spec: RunSpec = {}) {
  return outcomeOf(await (await made(spec)).open());
}

const ERRORS = 17;

test('a replay that did what its configuration says', async () => {
  const { classes, others, disagreements, examples, lost } = await outcome();
  expect(classes.find(({ promise }) => promise === 'error')).toEqual({
    promise: 'error',
    traces: ERRORS,
    whole: ERRORS,
    part: 0,
    predicted: ERRORS,
    unpredicted: 0,
  });
  expect(classes.find(({ promise }) => promise === 'health')).toMatchObject({ whole: 0, predicted: 0 });
  expect(classes.reduce((sum, { traces }) => sum + traces, 0)).toBe(400);
  expect([others.traces, disagreements, examples, lost]).toEqual([0, 0, [], []]);
});

test('each way of not being as predicted is a disagreement', async () => {
  const { disagreements, examples, classes } = await outcome({
    mutate(tables) {
      const { archive, recording } = tables;
      const failed = recording.filter(({ status }) => status === 'error').map(({ trace_id }) => trace_id);
      const [gone, partly] = [...new Set(failed)];
      const without = (id: string | undefined) => archive.filter(({ trace_id }) => trace_id !== id);
      const first = archive.find(({ trace_id }) => trace_id === partly);
      const health = tables.spansOf(1);
      archive.splice(
        0,
        archive.length,
        ...without(gone).filter((span) => span.trace_id !== partly || span === first),
      );
      archive.push(...health);
    },
  });
  expect(disagreements).toBe(3);
  expect(examples.map(({ predicted, policy, observed }) => [predicted, policy, observed]).toSorted()).toEqual(
    [
      ['drop', 'no-health-checks', 'whole'],
      ['keep', 'errors', 'absent'],
      ['keep', 'errors', 'part'],
    ],
  );
  expect(classes.find(({ promise }) => promise === 'error')).toMatchObject({ whole: ERRORS - 2, part: 1 });
});

test('what a stricter configuration loses has its stage; traces of no request are counted apart', async () => {
  const run = await made();
  const collectorConfig = `processors: { tail_sampling: { policies: [] } }
service: { pipelines: { traces: { receivers: [otlp], processors: [tail_sampling], exporters: [otlp] } } }`;
  const { lost, others, keptSpans, disagreements } = await outcome({
    collectorConfig,
    mutate({ archive, recording }) {
      archive.length = 0;
      const [span] = recording;
      if (span) recording.push({ ...span, trace_id: 'f'.repeat(32), parent_id: null });
    },
  });
  expect(lost.find(({ promise }) => promise === 'error')).toEqual({
    promise: 'error',
    stage: 'no-policy-keeps-it',
    traces: ERRORS,
  });
  expect(others).toMatchObject({ traces: 1, whole: 0, predicted: 0 });
  expect([keptSpans, disagreements]).toEqual([0, 0]);
  expect(run.tables.archive.length).toBeGreaterThan(0);
});

test("the Collector's counters at their end, CPU from the first sample on", async () => {
  const gauge = (at_us: number, metric: string, value: number, labels = '{}') => ({
    at_us,
    part: 'collector',
    metric,
    labels,
    value,
  });
  const { counters } = await outcome({
    mutate({ gauges }) {
      gauges.splice(
        0,
        gauges.length,
        gauge(1, 'process_cpu_seconds', 2),
        gauge(2, 'process_cpu_seconds', 5.5),
        gauge(1, 'process_resident_bytes', 9),
        gauge(2, 'process_resident_bytes', 7),
        gauge(2, 'otelcol_receiver_accepted_spans_total', 10, '{"receiver":"a"}'),
        gauge(2, 'otelcol_receiver_accepted_spans_total', 4, '{"receiver":"b"}'),
        gauge(1, 'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early', 1),
        gauge(2, 'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early', 3),
        gauge(2, 'otelcol_exporter_enqueue_failed_spans', 6),
      );
    },
  });
  expect(counters).toEqual({
    acceptedSpans: 14,
    refusedSpans: 0,
    evictedTraces: 3,
    lateSpans: 0,
    exportFailedSpans: 6,
    cpuS: 3.5,
    peakMemoryBytes: 9,
  });
});

test('against the run: the same, with other spans, and on one side only', async () => {
  const run = await made();
  const kept = [...new Set(run.tables.archive.map(({ trace_id }) => trace_id))];
  const [gone = '', other = ''] = kept;
  const again = await made({
    mutate(tables) {
      const { archive } = tables;
      const last = archive.findLast(({ trace_id }) => trace_id === other);
      const stay = archive.filter((span) => span.trace_id !== gone && span !== last);
      archive.splice(0, archive.length, ...stay, ...tables.spansOf(1));
    },
  });
  expect(await againstRun(run.folder, run.folder)).toEqual({
    same: kept.length,
    different: 0,
    onlyRun: 0,
    onlyReplay: 0,
    examples: [],
  });
  expect(await againstRun(run.folder, again.folder)).toEqual({
    same: kept.length - 2,
    different: 1,
    onlyRun: 1,
    onlyReplay: 1,
    examples: [gone, other, traceIdOf(1)].toSorted(),
  });
});
