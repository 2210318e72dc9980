import { afterEach, describe, expect, test } from 'vitest';
import type { FateRow, GaugeRow, MissingSpanRow } from '../../harness/contracts.ts';
import { type FixtureRun, makeRun, type RequestSpec, type RunSpec, START_US } from './fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

async function evidenceOf(spec: RunSpec) {
  const run = await makeRun(spec);
  runs.push(run);
  return run.open();
}

const missingOf = async (spec: RunSpec): Promise<MissingSpanRow[]> =>
  (await evidenceOf(spec)).query('SELECT * FROM missing_spans ORDER BY service, at_us');

const ORDER: RequestSpec = { route: 'order-create', phase: 'baseline', atMs: 5000 };
const ERROR: RequestSpec = { ...ORDER, outcome: 'error', recorded: 'none' };

/** A counter of a service's SDK (or, without an error, of the Collector) that rises at a second of the run. */
const sdk = (service: string, error: string, atS: number): GaugeRow[] =>
  [...Array(60).keys()].map((second) => ({
    at_us: START_US + second * 1e6,
    part: service,
    metric: 'otel_sdk_processor_span_processed_total',
    labels: JSON.stringify({ error_type: error }),
    value: second >= atS ? 40 : 0,
  }));
const refused = (atS: number): GaugeRow[] =>
  sdk('collector', 'none', atS).map((row) => ({
    ...row,
    metric: 'otelcol_receiver_refused_spans',
    labels: '{"planted":"yes"}',
  }));
const crash = (atS: number) => ({
  at_us: START_US + atS * 1e6,
  kind: 'part' as const,
  name: 'collector',
  event: 'ending',
  detail: '{"how":"kill"}',
});

describe('a trace of which nothing came', () => {
  const stageOf = async (gauges: GaugeRow[], crashS?: number) => {
    const evidence = await evidenceOf({
      requests: [ERROR],
      mutate: (tables) => {
        tables.gauges.push(...gauges);
        if (crashS !== undefined) tables.timeline.push(crash(crashS));
      },
    });
    const [fate] = await evidence.query<FateRow>('FROM fate');
    const [missing] = await evidence.query<MissingSpanRow>('FROM missing_spans');
    expect(missing?.lost_stage).toBe(fate?.lost_stage);
    return fate?.lost_stage;
  };

  test('without a counter nobody knows why', async () => {
    expect(await stageOf([])).toBe('not-exported');
  });

  test('the queue was full at the very time', async () => {
    expect(await stageOf(sdk('api-gateway', 'queue_full', 5))).toBe('sdk-queue-full');
    expect(await stageOf(sdk('api-gateway', 'queue_full', 6))).toBe('sdk-queue-full');
    expect(await stageOf(sdk('api-gateway', 'queue_full', 12))).toBe('not-exported');
    // Another service's queue did not hold the entry span.
    expect(await stageOf(sdk('order-service', 'queue_full', 5))).toBe('not-exported');
  });

  test('the exporter gave the batch up, some time after', async () => {
    expect(await stageOf(sdk('api-gateway', 'Error', 16))).toBe('sdk-export-failed');
    expect(await stageOf(sdk('api-gateway', 'Error', 3))).toBe('not-exported');
    expect(await stageOf(sdk('api-gateway', 'Error', 50))).toBe('not-exported');
  });

  test('the Collector refused it, and so the exporter gave it up: the cause is named', async () => {
    expect(await stageOf(refused(6))).toBe('refused-by-collector');
    expect(await stageOf([...refused(6), ...sdk('api-gateway', 'Error', 16)])).toBe('refused-by-collector');
  });

  test('the Collector had it and did not write it down before it ended', async () => {
    expect(await stageOf([], 6)).toBe('lost-in-crash');
    expect(await stageOf([], 12)).toBe('not-exported');
    expect(await stageOf([], 3)).toBe('not-exported');
  });

  test('when two stages are possible it says so', async () => {
    expect(await stageOf(sdk('api-gateway', 'Error', 16), 6)).toBe('sdk-export-failed | lost-in-crash');
    const both = [...sdk('api-gateway', 'queue_full', 5), ...sdk('api-gateway', 'Error', 16)];
    expect(await stageOf(both)).toBe('sdk-queue-full | sdk-export-failed');
  });
});

describe('single spans', () => {
  test('of a whole recording none is missing', async () => {
    expect(await missingOf({})).toEqual([]);
  });

  test('the server span of an answered call', async () => {
    const missing = await missingOf({
      // A second order shows that the service records at all.
      requests: [ORDER, { ...ORDER, atMs: 9000 }],
      mutate: (tables) => {
        const gone = tables
          .spansOf(0)
          .find(({ service, kind }) => service === 'auth-service' && kind === 'server');
        expect(gone).toBeDefined();
        tables.recording = tables.recording.filter((span) => span !== gone);
        tables.gauges.push(...sdk('auth-service', 'queue_full', 5));
      },
    });
    expect(missing).toEqual([
      expect.objectContaining({ service: 'auth-service', span_id: null, lost_stage: 'sdk-queue-full' }),
    ]);
  });

  test('the parent of recorded spans, once however many children it has', async () => {
    let id = '';
    const missing = await missingOf({
      requests: [ORDER],
      mutate: (tables) => {
        const spans = tables.spansOf(0);
        const parent = spans.find(
          ({ span_id, service, kind }) =>
            kind === 'server' &&
            service === 'order-service' &&
            spans.some(({ parent_id }) => parent_id === span_id),
        );
        id = parent?.span_id ?? '';
        tables.recording = tables.recording.filter((span) => span !== parent);
      },
    });
    // The call to it tells of the same span.
    expect(missing).toEqual([
      expect.objectContaining({ span_id: id, service: 'order-service', lost_stage: 'not-exported' }),
    ]);
  });
});
