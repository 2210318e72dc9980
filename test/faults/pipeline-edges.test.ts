import { describe, expect, it } from 'vitest';
import { blackhole } from '../../faults/blackhole.ts';
import { down } from '../../faults/down.ts';
import { latency } from '../../faults/latency.ts';
import type { Fault, FaultWindow, GaugeRow } from '../../harness/contracts.ts';
import { pipelineEdge } from '../../harness/pipeline.ts';
import { makeRun, START_US } from '../evidence/fixture.ts';
import { FROM_US, UNTIL_US } from './prove.ts';

async function prove(
  fault: Fault,
  on: string,
  gauges: readonly GaugeRow[],
  isSeen: (row: GaugeRow) => boolean = () => true,
) {
  const edge = pipelineEdge(on);
  if (!edge) throw new Error(`no edge ${on}`);
  const window: FaultWindow = { edge, fromUs: FROM_US, untilUs: UNTIL_US };
  const run = await makeRun({
    mutate: (tables) => {
      tables.gauges = tables.gauges.filter(({ metric }) => !metric.includes('accepted'));
      tables.gauges.push(...gauges);
      tables.gauges = tables.gauges.filter(isSeen);
    },
  });
  try {
    return await fault.proof(await run.open(), window);
  } finally {
    run.remove();
  }
}

/** A row a second; `value` is told the second. */
const series = (
  part: string,
  metric: string,
  labels: object,
  value: (second: number) => number,
): GaugeRow[] =>
  [...Array(83).keys()].map((second) => ({
    at_us: START_US + second * 1e6,
    part,
    metric,
    labels: JSON.stringify(labels),
    value: value(second),
  }));
const inside = (second: number) => second > 20 && second <= 50;

describe.each([
  ['services-to-collector', 'otelcol_receiver_accepted_spans', { receiver: 'otlp' }],
  ['collector-to-jaeger', 'otelcol_exporter_sent_spans_total', { exporter: 'otlp_grpc/jaeger' }],
] as const)('no telemetry on %s', (on, metric, labels) => {
  const counted = (value: (second: number) => number) => series('collector', metric, labels, value);

  it.each([down(), blackhole()])('$title: proved when the counter stands still meanwhile', async (fault) => {
    const held = counted((second) => (inside(second) ? 2000 : second > 50 ? 2000 + second : second * 100));
    expect(await prove(fault, on, held)).toMatchObject({ held: true, figures: { spansInside: 0 } });
  });

  it('not proved when spans come through, or none come before or after, or nobody counted', async () => {
    expect(
      await prove(
        down(),
        on,
        counted((second) => second * 100),
      ),
    ).toMatchObject({ held: false });
    expect(
      await prove(
        down(),
        on,
        counted((second) => Math.max(0, second - 50)),
      ),
    ).toMatchObject({ held: false });
    expect(
      await prove(
        down(),
        on,
        counted((second) => Math.min(second, 21) * 100),
      ),
    ).toMatchObject({ held: false });
    expect(await prove(down(), on, [])).toMatchObject({ held: false });
  });

  it('not proved when nobody looked meanwhile', async () => {
    const rows = counted((second) => second * 100);
    const proof = await prove(
      down(),
      on,
      rows,
      ({ part, at_us }) => part !== 'collector' || !inside((at_us - START_US) / 1e6),
    );
    expect(proof).toMatchObject({
      held: false,
      observed: expect.stringContaining('nobody looked'),
      figures: { spansInside: null },
    });
  });
});

describe('slow telemetry', () => {
  const slow = latency({ latencyMs: 4000 });
  /** An export a second, which takes so long. */
  const exportsOf = (seconds: (second: number) => number): GaugeRow[] => {
    let sum = 0;
    return ['sum', 'count'].flatMap((what) =>
      series('api-gateway', `otel_sdk_exporter_operation_duration_${what}`, {}, (second) => {
        sum = second === 0 ? seconds(0) : sum + seconds(second);
        return what === 'sum' ? sum : second + 1;
      }),
    );
  };
  const underWay = (value: (second: number) => number) =>
    series('collector', 'otelcol_exporter_in_flight_requests', { exporter: 'otlp_grpc/jaeger' }, value);

  it('is proved when exports take longer by the latency meanwhile', async () => {
    const on = 'services-to-collector';
    const proof = await prove(
      slow,
      on,
      exportsOf((second) => (inside(second) ? 4.01 : 0.01)),
    );
    expect(proof).toMatchObject({ held: true, expected: expect.stringContaining('at least 2,000 more') });
    expect(proof.figures.slownessBefore).toBeCloseTo(10, 3);
    expect(proof.figures.slownessInside).toBeCloseTo(4010, 3);
  });

  it('is not proved when exports are as quick as before, hardly slower, slow for good, or not seen', async () => {
    for (const seconds of [
      () => 0.01,
      (second: number) => (inside(second) ? 1 : 0.01),
      (second: number) => (second > 20 ? 4.01 : 0.01),
    ])
      expect(await prove(slow, 'services-to-collector', exportsOf(seconds))).toMatchObject({ held: false });
    expect(await prove(slow, 'services-to-collector', [])).toMatchObject({
      held: false,
      observed: expect.stringContaining('nothing seen'),
    });
  });

  it('is proved on the way to Jaeger when more requests are under way meanwhile', async () => {
    const on = 'collector-to-jaeger';
    const rows = underWay((second) => (inside(second) ? 9 : 2));
    expect(await prove(slow, on, rows)).toMatchObject({ held: true });
    const same = underWay(() => 2);
    expect(await prove(slow, on, same)).toMatchObject({ held: false });
    const forGood = underWay((second) => (second > 20 ? 9 : 2));
    expect(await prove(slow, on, forGood)).toMatchObject({ held: false });
    expect(await prove(slow, on, [])).toMatchObject({ held: false });
  });
});
