import { afterEach, describe, expect, test } from 'vitest';
import type { Doubt, FateRow, GaugeRow } from '../../harness/contracts.ts';
import { hashThreshold, traceHash } from '../../harness/evidence/sampler/hash.ts';
import {
  COLLECTOR_YAML,
  type FixtureRun,
  JAEGER_YAML,
  makeRun,
  type RequestSpec,
  type RunSpec,
  START_US,
  traceIdOf,
} from './fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

async function fateOf(spec: RunSpec): Promise<FateRow[]> {
  const run = await makeRun(spec);
  runs.push(run);
  const evidence = await run.open();
  return evidence.query<FateRow>('SELECT * FROM fate ORDER BY seq');
}

/** Whether the hash keeps the n-th trace of a fixture at 5 %. */
const isInShare = (seq: number) => traceHash(traceIdOf(seq)) <= hashThreshold(5);
const SEQS = Array.from({ length: 400 }, (_, seq) => seq);

const OK: RequestSpec = { route: 'product-read', phase: 'baseline' };
const ERROR: RequestSpec = { ...OK, outcome: 'error' };
const HEALTH: RequestSpec = { route: 'health', phase: 'baseline' };

/** A run whose last request is `spec`, and in the promised share exactly if `inShare`. */
function upTo(spec: RequestSpec, inShare: boolean): RequestSpec[] {
  const seq = SEQS.find((candidate) => isInShare(candidate) === inShare) ?? 0;
  return [...Array.from({ length: seq }, () => HEALTH), spec];
}

describe('where a promised trace was lost', () => {
  /** A counter of the Collector, from its value before `riseS` seconds of the run to a higher one after. */
  const counter = (metric: string, riseS: number, before = 0): GaugeRow[] =>
    [...Array(90).keys()]
      // Absent until its first increment, as the Collector's counters are.
      .filter((second) => before > 0 || second >= riseS)
      .map((second) => ({
        at_us: START_US + second * 1e6,
        part: 'collector',
        metric,
        labels: '{}',
        value: second >= riseS ? before + 3 : before,
      }));
  const lostAt = async (rows: GaugeRow[], spec: RequestSpec, more: RunSpec = {}) => {
    const fate = await fateOf({
      ...more,
      requests: [spec],
      mutate: ({ gauges }) => void gauges.push(...rows),
    });
    return fate[0]?.lost_stage;
  };
  const TOO_EARLY = 'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early';
  const LATE = 'otelcol_processor_tail_sampling_sampling_late_span_age_count';
  const absent: RequestSpec = { ...ERROR, archived: 'absent', atMs: 5000 };
  const part: RequestSpec = { ...ERROR, archived: 'part', atMs: 5000 };

  test('no policy keeps it', async () => {
    const collectorConfig = COLLECTOR_YAML.replace('status_codes: [ERROR]', 'status_codes: [OK]');
    const fate = await fateOf({ requests: upTo(absent, false), collectorConfig });
    expect(fate.at(-1)).toMatchObject({ predicted: 'drop', policy: null, lost_stage: 'no-policy-keeps-it' });
  });

  test('where nobody can tell whether a policy keeps or drops it, that is named beside what was counted', async () => {
    const limited = COLLECTOR_YAML.replace(
      'type: status_code, status_code: { status_codes: [ERROR] }',
      'type: rate_limiting, rate_limiting: { spans_per_second: 100 }',
    );
    const [row] = await fateOf({ requests: upTo(absent, false).slice(-1), collectorConfig: limited });
    expect(row).toMatchObject({ predicted: 'unknown', lost_stage: 'no-policy-keeps-it' });
    const full = counter('otelcol_exporter_enqueue_failed_spans', 16);
    expect(await lostAt(full, absent, { collectorConfig: limited })).toBe(
      'no-policy-keeps-it | exporter-queue-full',
    );
    const unknownDrop = COLLECTOR_YAML.replace('type: string_attribute', 'type: of_tomorrow');
    expect(await lostAt([], absent, { collectorConfig: unknownDrop })).toBe('drop-policy-won');
  });

  test('a drop policy won', async () => {
    const collectorConfig = COLLECTOR_YAML.replace('values: [/health, /ready]', 'values: [/inventory/7]');
    const fate = await fateOf({ requests: [absent], collectorConfig });
    expect(fate[0]).toMatchObject({
      predicted: 'drop',
      policy: 'no-health-checks',
      lost_stage: 'drop-policy-won',
    });
  });

  test.each([TOO_EARLY, `${TOO_EARLY}_total`])('evicted before the decision (%s)', async (metric) => {
    expect(await lostAt(counter(metric, 15), absent)).toBe('evicted-before-decision');
    expect(await lostAt(counter(metric, 16, 7), absent)).toBe('evicted-before-decision');
    // At another time than this trace's decision, it was not this trace.
    expect(await lostAt(counter(metric, 60), absent)).toBe('unexplained');
    expect(await lostAt(counter(metric, 2), absent)).toBe('unexplained');
  });

  test.each([
    ['otelcol_exporter_send_failed_spans', 'export-failed'],
    ['otelcol_exporter_enqueue_failed_spans_total', 'exporter-queue-full'],
  ])('the export failed (%s)', async (metric, stage) => {
    expect(await lostAt(counter(metric, 40), absent)).toBe(stage);
    expect(await lostAt(counter(metric, 4), absent)).toBe('unexplained');
  });

  test('of two causes at the same time both are named', async () => {
    const both = [
      ...counter('otelcol_exporter_send_failed_spans', 16),
      ...counter('otelcol_exporter_enqueue_failed_spans', 16),
    ];
    expect(await lostAt(both, absent)).toBe('exporter-queue-full | export-failed');
    expect(await lostAt([...both, ...counter(TOO_EARLY, 15)], absent)).toBe(
      'evicted-before-decision | exporter-queue-full | export-failed',
    );
  });

  test('a policy could not be evaluated', async () => {
    const metric = 'otelcol_processor_tail_sampling_sampling_policy_evaluation_error';
    expect(await lostAt(counter(metric, 15), absent)).toBe('policy-evaluation-failed');
    expect(await lostAt(counter(metric, 60), absent)).toBe('unexplained');
  });

  test('a counter that begins anew with its process rose by what it shows', async () => {
    const rows = counter('otelcol_exporter_send_failed_spans', 1, 90).map((row) => ({
      ...row,
      // 90 until second 16, then a new process that counts 2.
      value: row.at_us < START_US + 16e6 ? 90 : 2,
    }));
    // The first scrape shows 90, which were counted long before.
    expect(await lostAt(rows, absent)).toBe('export-failed');
  });

  test('late spans', async () => {
    expect(await lostAt(counter(LATE, 20), part)).toBe('late-spans');
    // A short trace that is wholly absent was not lost by a late span, one that lasts as long as the wait may be.
    expect(await lostAt(counter(LATE, 20), absent)).toBe('unexplained');
    expect(await lostAt(counter(LATE, 20), { ...absent, latencyMs: 9000 })).toBe('late-spans');
  });

  test('the request itself outlasted the decision wait', async () => {
    expect(await lostAt(counter(LATE, 20), { ...absent, latencyMs: 12_000 })).toBe('decided-on-part');
    expect(await lostAt(counter(LATE, 20), { ...part, latencyMs: 12_000 })).toBe('decided-on-part');
  });

  test('a span came when the sampler had forgotten the trace: nothing counts it', async () => {
    expect(await lostAt([], { ...part, latencyMs: 13_000 })).toBe('late-after-forgotten');
    expect(await lostAt([], { ...part, latencyMs: 10_000 })).toBe('unexplained');
  });

  describe('lost with a part that ended', () => {
    const fateWith = async (part: string, atS: number, spec: RequestSpec) => {
      const [fate] = await fateOf({
        requests: [spec],
        mutate: ({ timeline }) => {
          const row = { kind: 'part' as const, name: part, detail: '{}' };
          timeline.push({ ...row, at_us: START_US + atS * 1e6, event: 'ending' });
          timeline.push({ ...row, at_us: START_US + (atS + 4) * 1e6, event: 'started' });
        },
      });
      return fate?.lost_stage;
    };

    test('the Collector ended while it held the trace', async () => {
      expect(await fateWith('collector', 6, absent)).toBe('lost-in-crash');
      expect(await fateWith('collector', 16, absent)).toBe('lost-in-crash');
    });

    test('it ended before the trace came, or when it had been handed on', async () => {
      expect(await fateWith('collector', 3, absent)).toBe('unexplained');
      expect(await fateWith('collector', 25, absent)).toBe('unexplained');
    });

    test('the backend ended, and what it held was in its memory', async () => {
      expect(await fateWith('jaeger', 40, absent)).toBe('evicted-by-archive');
      expect(await fateWith('jaeger', 3, absent)).toBe('unexplained');
    });
  });

  test('the search of the archive left traces out', async () => {
    const what = 'its search left out 3 of 200 traces that were then asked for by id, and 9 more were not';
    const lostWith = async (doubt: Doubt) =>
      (await fateOf({ requests: [absent], run: { doubts: [doubt] } }))[0]?.lost_stage;
    expect(await lostWith({ source: 'archive', what, searchLimit: true })).toBe('beyond-search-limit');
    expect(await lostWith({ source: 'archive', what })).toBe('unexplained');
  });

  test('pushed out of the archive: the oldest, if more were kept than it holds', async () => {
    const requests = SEQS.slice(0, 60).map(
      (index): RequestSpec => ({
        ...ERROR,
        atMs: index * 300,
        archived: index < 10 ? 'absent' : 'whole',
      }),
    );
    const ring = (size: number) => JAEGER_YAML.replace('100000', String(size));
    const small = await fateOf({ requests, jaegerConfig: ring(50) });
    expect(small.filter(({ lost_stage }) => lost_stage === 'evicted-by-archive')).toHaveLength(10);
    const large = await fateOf({ requests, jaegerConfig: ring(60) });
    expect(large.filter(({ lost_stage }) => lost_stage === 'unexplained')).toHaveLength(10);
    // A young one is missing for another reason.
    const young = await fateOf({
      requests: requests.map((spec, index) => ({ ...spec, archived: index === 59 ? 'absent' : 'whole' })),
      jaegerConfig: ring(50),
    });
    expect(young.at(-1)?.lost_stage).toBe('unexplained');
  });

  test('without gauges, what the configuration does not explain is unexplained', async () => {
    const [fate] = await fateOf({ requests: [absent], without: ['gauges'] });
    expect(fate?.lost_stage).toBe('unexplained');
  });
});
