import { afterEach, expect, test } from 'vitest';
import type { ConservedStage, GaugeRow, TimelineRow } from '../../harness/contracts.ts';
import { judge } from '../../harness/judge.ts';
import { type FixtureRun, makeRun, type RunSpec, START_US } from './fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

async function stagesOf(spec: RunSpec = {}): Promise<Readonly<Record<string, ConservedStage>>> {
  const run = await makeRun(spec);
  runs.push(run);
  const { conservation = [] } = await judge(await run.open(), [], run.folder);
  return Object.fromEntries(conservation.map((row) => [row.stage, row]));
}

/** A counter that stands at `before` and, from a second of the run on, at `after`. */
const counter = (
  part: string,
  metric: string,
  labels: object,
  after: number,
  atS = 20,
  before = 0,
): GaugeRow[] =>
  [...Array(60).keys()].map((second) => ({
    at_us: START_US + second * 1e6,
    part,
    metric,
    labels: JSON.stringify(labels),
    value: second >= atS ? after : before,
  }));
const PROCESSED = 'otel_sdk_processor_span_processed_total';
const SAMPLER = 'otelcol_processor_tail_sampling';

test('what the Collector accepted is recorded: in balance', async () => {
  const { recorder } = await stagesOf();
  expect(recorder).toMatchObject({ unit: 'spans', losses: [], unaccounted: 0, tolerance: 0 });
  expect(recorder?.in).toBe(recorder?.out);
});

test('a span that was accepted and is not recorded is not accounted for', async () => {
  const { recorder } = await stagesOf({ mutate: ({ recording }) => void recording.pop() });
  expect(recorder).toMatchObject({ unaccounted: 1 });
});

test('of what ends in the services each loss is named, and what nobody counted shows', async () => {
  const gauges = (exported: number) => [
    ...counter('order-service', 'otel_sdk_span_ended_total', {}, 100),
    ...counter('order-service', PROCESSED, {}, exported),
    ...counter('order-service', PROCESSED, { error_type: 'queue_full' }, 7),
    ...counter('order-service', PROCESSED, { error_type: 'Error' }, 3),
  ];
  const planted = (exported: number): RunSpec => ({
    mutate: (tables) => void tables.gauges.push(...gauges(exported)),
  });
  const { sdk } = await stagesOf(planted(90));
  expect(sdk).toMatchObject({
    in: 100,
    out: 90,
    losses: [
      { stage: 'sdk-queue-full', count: 7 },
      { stage: 'sdk-export-failed', count: 3 },
    ],
    unaccounted: 0,
  });
  const { sdk: leaking } = await stagesOf(planted(88));
  expect(leaking).toMatchObject({ unaccounted: 2 });
});

test('what the services got through and the Collector did not accept is not accounted for', async () => {
  const sent = (beyond: number): RunSpec => ({
    mutate: ({ gauges, recording }) => {
      for (const part of new Set(recording.map(({ service }) => service))) {
        const own = recording.filter(({ service }) => service === part).length;
        const spans = own + (part === 'order-service' ? beyond : 0);
        gauges.push(...counter(part, 'otel_sdk_span_ended_total', {}, spans));
        gauges.push(...counter(part, PROCESSED, {}, spans));
      }
    },
  });
  expect((await stagesOf(sent(0)))['receiver']).toMatchObject({ unaccounted: 0, tolerance: 0 });
  expect((await stagesOf(sent(3)))['receiver']).toMatchObject({ unaccounted: 3, tolerance: 0 });
});

test('what was sent to the archive and is not there is not accounted for; what goes to a file is not sent there', async () => {
  const sent = (beyond: number): RunSpec => ({
    mutate: ({ gauges, archive }) => {
      const spans = new Set(archive.map(({ trace_id, span_id }) => `${trace_id} ${span_id}`)).size + beyond;
      const exporter = (name: string, after: number) =>
        counter('collector', 'otelcol_exporter_sent_spans', { exporter: name }, after);
      gauges.push(...exporter('otlp_grpc/jaeger', spans), ...exporter('file/recording', 9999));
    },
  });
  const even = await stagesOf(sent(0));
  expect(even['exporter']).toMatchObject({ unaccounted: 0, losses: [] });
  expect(even['archive']).toMatchObject({ unaccounted: 0, tolerance: 0 });
  expect((await stagesOf(sent(2)))['archive']).toMatchObject({ losses: [], unaccounted: 2 });
});

test('who sends spans and does not count them leaves unknown how many the Collector should have', async () => {
  const stages = await stagesOf({
    mutate: ({ gauges }) => {
      gauges.push(...counter('order-service', 'otel_sdk_span_ended_total', {}, 9));
      gauges.push(...counter('order-service', PROCESSED, {}, 9));
    },
  });
  expect(stages).toHaveProperty('sdk');
  expect(stages).not.toHaveProperty('receiver');
});

test('without counters of services nothing is said of them', async () => {
  expect(await stagesOf()).not.toHaveProperty('sdk');
  expect(await stagesOf({ without: ['gauges'] })).toEqual({});
});

test('traces that waited when the Collector ended are lost with it; counters begin anew', async () => {
  const again = (metric: string, before: number, after: number) =>
    counter('collector', metric, {}, after, 20, before);
  const row = (at: number, event: string): TimelineRow => ({
    at_us: START_US + at * 1e6,
    kind: 'part',
    name: 'collector',
    event,
    detail: '{}',
  });
  const spec = (events: readonly TimelineRow[]): RunSpec => ({
    mutate: (tables) => {
      // 50 came, 38 of them were decided on; then a new process: 30 came, all of them decided on.
      tables.gauges.push(...again(`${SAMPLER}_new_trace_id_received`, 50, 30));
      tables.gauges.push(...again(`${SAMPLER}_global_count_traces_sampled`, 38, 30));
      tables.timeline.push(...events);
    },
  });
  const { sampler } = await stagesOf(spec([row(19.5, 'ending'), row(19.9, 'started')]));
  expect(sampler).toMatchObject({
    unit: 'traces',
    in: 80,
    out: 68,
    losses: [{ stage: 'lost-in-crash', count: 12 }],
    unaccounted: 0,
  });
  const { sampler: unexplained } = await stagesOf(spec([]));
  expect(unexplained).toMatchObject({ losses: [], unaccounted: 12, tolerance: 0 });
});

test('a counter of a new process counts from 0, also when it shows more than the one before', async () => {
  const collector = (after: number): RunSpec => ({
    mutate: (tables) => {
      tables.gauges.push(...counter('collector', `${SAMPLER}_new_trace_id_received`, {}, after, 20, 10));
      tables.timeline.push({
        at_us: START_US + 15e6,
        kind: 'part',
        name: 'collector',
        event: 'ending',
        detail: '{"how":"stop"}',
      });
      // No scrape while it is away.
      tables.gauges = tables.gauges.filter(
        ({ part, at_us }) => part !== 'collector' || at_us < START_US + 15e6 || at_us >= START_US + 20e6,
      );
    },
  });
  expect((await stagesOf(collector(30)))['sampler']).toMatchObject({ in: 40 });
  expect((await stagesOf(collector(4)))['sampler']).toMatchObject({ in: 14 });
});
