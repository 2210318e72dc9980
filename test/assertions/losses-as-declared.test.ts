import { describe, expect, it } from 'vitest';
import lossesAsDeclared from '../../assertions/losses-as-declared.ts';
import type { GaugeRow } from '../../harness/contracts.ts';
import { askRun, type RequestSpec, type RunSpec, START_US } from '../evidence/fixture.ts';
import { changedReads, judgeRun, UNSETTLED } from './judge-run.ts';

type Options = Parameters<typeof lossesAsDeclared.with>[0];

/** The sampler decides on all that is recorded, and the exporter counts as sent what is archived. */
const judged = (options: Options, spec: RunSpec = {}) =>
  judgeRun(lossesAsDeclared.with(options), {
    ...spec,
    mutate: (tables) => {
      spec.mutate?.(tables);
      const { archive, gauges, recording } = tables;
      const traces = new Set(recording.map(({ trace_id }) => trace_id)).size;
      gauges.push(...risen('otelcol_processor_tail_sampling_new_trace_id_received', traces));
      gauges.push(...risen('otelcol_processor_tail_sampling_global_count_traces_sampled', traces));
      const archived = new Set(archive.map(({ trace_id, span_id }) => `${trace_id} ${span_id}`));
      gauges.push(...risen('otelcol_exporter_sent_spans', archived.size));
    },
  });

/** A counter of the Collector that rises in the fault phase. */
const risen = (metric: string, value = 5): GaugeRow[] =>
  [...Array(83).keys()].map((second) => ({
    at_us: START_US + second * 1e6,
    part: 'collector',
    metric,
    labels: '{"exporter":"otlp_grpc/jaeger"}',
    value: second >= 40 ? value : 0,
  }));

/** Three error traces of the fault phase are not archived, and the exporter counted failures meanwhile. */
const EXPORT_FAILED: RunSpec = {
  requests: changedReads('fault', 3, { outcome: 'error', archived: 'absent', atMs: 9000 }),
  mutate: ({ gauges }) => void gauges.push(...risen('otelcol_exporter_send_failed_spans')),
};

describe('losses-as-declared', () => {
  it('passes when nothing is declared and nothing is lost', async () => {
    expect(await judged({})).toMatchObject({
      verdict: 'pass',
      observed: 'nothing lost; every stage in balance',
    });
  });

  it('passes when the declared loss occurs and is blamed on the declared stage', async () => {
    const finding = await judged({ stages: ['export-failed'] }, EXPORT_FAILED);
    expect(finding).toMatchObject({
      verdict: 'pass',
      observed: '3 traces by export-failed; every stage in balance',
      figures: { 'export-failed: traces': 3, 'export-failed: spans': 0 },
    });
    expect(finding.examples).toHaveLength(3);
  });

  it('passes when what may be lost as well is lost', async () => {
    expect(await judged({ mayAlso: ['export-failed'] }, EXPORT_FAILED)).toMatchObject({ verdict: 'pass' });
  });

  it('fails when a loss is at a stage that is not declared', async () => {
    const finding = await judged({ stages: ['exporter-queue-full'] }, EXPORT_FAILED);
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: '3 traces by export-failed, which is not declared',
    });
    expect(await judged({}, EXPORT_FAILED)).toMatchObject({ verdict: 'fail' });
  });

  it('fails when a loss is not explained', async () => {
    const { requests } = EXPORT_FAILED;
    const finding = await judged({ stages: ['export-failed'] }, requests ? { requests } : {});
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: '3 traces by unexplained, which is not declared',
    });
  });

  it('fails when several stages are possible and one of them is not declared', async () => {
    const both: RunSpec = {
      ...EXPORT_FAILED,
      mutate: ({ gauges }) => {
        gauges.push(...risen('otelcol_exporter_send_failed_spans'));
        gauges.push(...risen('otelcol_exporter_enqueue_failed_spans'));
      },
    };
    expect(await judged({ stages: ['export-failed'] }, both)).toMatchObject({
      verdict: 'fail',
      because: '3 traces by exporter-queue-full or export-failed, which is not declared',
    });
    expect(await judged({ stages: ['export-failed', 'exporter-queue-full'] }, both)).toMatchObject({
      verdict: 'pass',
    });
  });

  it('fails when spans never came to be recorded and that is not declared', async () => {
    const read: RequestSpec = { route: 'product-read', phase: 'baseline' };
    const finding = await judged(
      {},
      {
        requests: [
          { ...read, outcome: 'error' },
          { ...read, recorded: 'none' },
        ],
      },
    );
    expect(finding).toMatchObject({ verdict: 'fail' });
    expect(finding.because).toContain('1 unrecorded span by not-exported, which is not declared');
  });

  it('fails when a stage is not in balance, though no promised trace is missing', async () => {
    const finding = await judged(
      {},
      {
        mutate: (tables) => {
          // A span of a health check, which nobody promised to keep.
          const health = tables.ledger.find(({ route }) => route === 'health')?.trace_id;
          tables.recording = tables.recording.filter(({ trace_id }) => trace_id !== health);
          tables.ledger = tables.ledger.filter(({ trace_id }) => trace_id !== health);
        },
      },
    );
    expect(finding).toMatchObject({ verdict: 'fail' });
    expect(finding.because).toMatch(/^\d+ spans went into the stage recorder that neither came out/);
  });

  it('is inconclusive when the declared loss does not occur', async () => {
    const finding = await judged({ stages: ['evicted-before-decision'] });
    expect(finding).toMatchObject({ verdict: 'inconclusive' });
    expect(finding.because).toContain('nothing was lost by evicted-before-decision');
  });

  it('is inconclusive when the archive was not stable, or its evidence is doubtful', async () => {
    expect(await judged({}, { run: UNSETTLED })).toMatchObject({ verdict: 'inconclusive' });
    const doubts = [{ source: 'archive', what: '3 searches were full' }] as const;
    expect(await judged({}, { run: { doubts } })).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is inconclusive when nobody counted what came in, or what went out', async () => {
    const because = (stages: string) => expect.stringContaining(`what went into the stage ${stages}, so`);
    expect(await judgeRun(lossesAsDeclared.with({}))).toMatchObject({
      verdict: 'inconclusive',
      because: because('sampler, exporter, archive'),
    });
    const mutate: RunSpec['mutate'] = (tables) => {
      tables.gauges = tables.gauges.filter(({ metric }) => !metric.includes('accepted'));
    };
    expect(await judged({}, { mutate })).toMatchObject({
      verdict: 'inconclusive',
      because: because('recorder'),
    });
  });

  it('is inconclusive when a service that is to count its spans never answered', async () => {
    const { run } = await askRun({}, async (evidence) => evidence);
    const services = Object.fromEntries(
      Object.entries(run.system.services).map(([name, service]) => [name, { ...service, metrics: true }]),
    );
    const system = { ...run.system, services };
    expect(await judged({}, { run: { system } })).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringMatching(/the stage SDK of api-gateway, SDK of /),
    });
    const counted = Object.keys(services).flatMap((part) =>
      risen('otel_sdk_span_ended_total', 0).map((row) => ({ ...row, part })),
    );
    const mutate: RunSpec['mutate'] = ({ gauges }) => void gauges.push(...counted);
    expect(await judged({}, { run: { system }, mutate })).toMatchObject({ verdict: 'pass' });
  });

  it('is inconclusive when of a request neither an answer nor a span is known', async () => {
    const lost = changedReads('fault', 1, { status: 0, recorded: 'none', archived: 'absent' });
    expect(await judged({}, { requests: lost })).toMatchObject({
      verdict: 'inconclusive',
      because: '1 request without an answer left no span, so nothing says what was promised of them',
    });
  });

  it('fails when a stage lost more traces than it may', async () => {
    const options = { stages: ['export-failed'] } satisfies Options;
    expect(await judged({ ...options, atMost: { 'export-failed': 3 } }, EXPORT_FAILED)).toMatchObject({
      verdict: 'pass',
      expected: expect.stringContaining('at most 3 traces by export-failed'),
    });
    expect(await judged({ ...options, atMost: { 'export-failed': 2 } }, EXPORT_FAILED)).toMatchObject({
      verdict: 'fail',
      because: '3 traces by export-failed, where at most 2 are declared',
    });
  });

  it('is inconclusive when nothing was promised', async () => {
    expect(await judged({}, { requests: [{ route: 'health', phase: 'baseline' }] })).toMatchObject({
      verdict: 'inconclusive',
      because: 'no trace was promised to be kept, so none could be lost',
    });
  });

  it('refuses a stage that there is not', () => {
    expect(() => lossesAsDeclared.with(JSON.parse('{"stages":["gone"]}'))).toThrow('losses-as-declared');
    expect(() => lossesAsDeclared.with(JSON.parse('{"stages":["unexplained"]}'))).toThrow(
      'losses-as-declared',
    );
  });
});
