/** The gatherers against a real Collector and a real Jaeger: what was sent is what is gathered, and what is lost is explained. */
import { afterEach, describe, expect, test } from 'vitest';
import type { FateRow, SpanRow } from '../../harness/contracts.ts';
import { type ArchiveGathered, gatherArchive } from '../../harness/evidence/archive.ts';
import { type LookedUp, lookUpMissing } from '../../harness/evidence/archive-lookup.ts';
import { GaugeSampler } from '../../harness/evidence/gauges.ts';
import { RecordingGatherer } from '../../harness/evidence/recording.ts';
import { readSampling } from '../../harness/evidence/sampler/config.ts';
import { settle } from '../../harness/evidence/settle.ts';
import type { OpenEvidence } from '../../harness/evidence/store.ts';
import type { Settled } from '../../harness/evidence/until-still.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';
import { type FixtureRun, healthyRequests, makeRun, PHASES, type RequestSpec, START_US } from './fixture.ts';
import { PROJECT_COLLECTOR, PROJECT_JAEGER, type RealParts, startParts } from './real-parts.ts';

const ENTRY = 'api-gateway';
const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface Setup {
  readonly collector?: string;
  readonly jaeger?: string;
  readonly requests?: readonly RequestSpec[];
  /** Traces that one search may answer. */
  readonly limit?: number;
  /** Microseconds by which the search ends early. */
  readonly cutUs?: number;
}

interface Outcome {
  readonly run: FixtureRun;
  readonly parts: RealParts;
  readonly settled: Settled;
  readonly archive: ArchiveGathered;
  readonly lookedUp: LookedUp;
  readonly evidence: OpenEvidence;
}

const collector = PROJECT_COLLECTOR.replace('decision_wait: 10s', 'decision_wait: 2s');

/** Sends the fixture's spans, moved to now, through real parts, gathers, and opens what was gathered. */
async function conduct(setup: Setup = {}): Promise<Outcome> {
  const configuration = setup.collector ?? collector;
  const requests = setup.requests ?? healthyRequests();
  const parts = await startParts({ collector: configuration, jaeger: setup.jaeger ?? PROJECT_JAEGER });
  undo.push(() => parts.stop());
  const shiftUs = Date.now() * 1000 - (PHASES.at(-1)?.endUs ?? START_US);
  const run = await makeRun({
    requests,
    collectorConfig: configuration,
    jaegerConfig: setup.jaeger ?? PROJECT_JAEGER,
    mutate({ recording, archive }) {
      for (const span of [...recording, ...archive]) {
        span.start_us += shiftUs;
        span.end_us += shiftUs;
        span.events = span.events.replace(
          /"atUs":(\d+)/g,
          (_, us: string) => `"atUs":${Number(us) + shiftUs}`,
        );
      }
    },
  });
  undo.push(() => run.remove());

  const writer = await EvidenceWriter.create(run.folder);
  const gauges = await GaugeSampler.start(writer, {
    parts: [{ name: 'collector', pid: parts.collectorPid }],
    collectorMetricsUrl: parts.collectorMetricsUrl,
    intervalMs: 250,
  });
  const recording = await RecordingGatherer.create(writer, parts.recordingFile);
  recording.follow();
  await parts.send(run.tables.recording);
  const { decisionWaitS, processor } = readSampling(configuration);
  const endUs = Date.now() * 1000;
  const settled = await settle({
    ...parts,
    service: ENTRY,
    decisionWaitS,
    hasSampler: processor !== null,
    endUs,
  });
  await gauges.stop();
  await recording.finish();
  const { jaegerUrl } = parts;
  const archive = await gatherArchive(writer, {
    jaegerUrl,
    service: ENTRY,
    fromUs: START_US + shiftUs - 1e6,
    untilUs: endUs + 1e6 - (setup.cutUs ?? 0),
    ...(setup.limit === undefined ? {} : { limit: setup.limit }),
  });
  writer.close();
  const lookedUp = await lookUpMissing(run.folder, run.run, { jaegerUrl });
  return { run, parts, settled, archive, lookedUp, evidence: await run.open() };
}

/** Rows in a form in which the order of rows and of attributes does not count. */
function comparable(spans: readonly SpanRow[]): string[] {
  const sorted = (json: string) => Object.fromEntries(Object.entries(JSON.parse(json) as object).sort());
  return spans
    .map((span) => ({
      ...span,
      // Of the recording only.
      arrival: undefined,
      // Empty without one; the archive does not say.
      trace_state: span.trace_state || null,
      attributes: sorted(span.attributes),
      resource: sorted(span.resource),
    }))
    .map((span) =>
      JSON.stringify(
        span,
        Object.keys(span)
          .sort()
          .concat(...attributeKeys(span)),
      ),
    )
    .sort();
}

function attributeKeys(span: { attributes: object; resource: object }): string[] {
  return [...Object.keys(span.attributes), ...Object.keys(span.resource)];
}

const fates = (evidence: OpenEvidence) => evidence.query<FateRow>('SELECT * FROM fate ORDER BY seq');
const rowsOf = (evidence: OpenEvidence, table: string) => evidence.query<SpanRow>(`FROM ${table}`);
/** Requests that follow each other closely: real times, in which causes can be told from each other. */
const within = (count: number, ms: number, spec: Partial<RequestSpec> = {}): RequestSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    route: 'product-read',
    phase: 'recovery',
    outcome: 'error',
    atMs: 20_000 - ms + (index * ms) / count,
    ...spec,
  }));

test('a healthy run: recording and archive are what was sent and what the sampler keeps', async () => {
  const { run, settled, archive, lookedUp, evidence } = await conduct();
  expect(settled).toMatchObject({ ok: true });
  expect(settled.detail).toContain('400 of 400 traces decided');
  expect(archive.searchLimits).toEqual([]);
  expect(lookedUp).toEqual({ missing: 0, asked: 0, beyondSearch: [], searchLimits: [] });
  expect(comparable(await rowsOf(evidence, 'recording'))).toEqual(comparable(run.tables.recording));
  expect(comparable(await rowsOf(evidence, 'archive'))).toEqual(comparable(run.tables.archive));
  for (const { seq, predicted, observed, promised_kept, lost_stage } of await fates(evidence)) {
    const kept = predicted === 'keep';
    expect({ seq, observed, promised_kept, lost_stage }).toEqual({
      seq,
      observed: kept ? 'whole' : 'absent',
      promised_kept: kept,
      lost_stage: null,
    });
  }
  expect(evidence.warnings).toEqual([]);
});

describe('the search of the archive', () => {
  test('windows that are full are split, until nothing is left out', async () => {
    const { run, archive, evidence } = await conduct({ requests: within(60, 200), limit: 7 });
    expect(archive.searches).toBeGreaterThan(60 / 7);
    expect(archive.searchLimits).toEqual([]);
    expect(comparable(await rowsOf(evidence, 'archive'))).toEqual(comparable(run.tables.archive));
  });

  test('what it left out is found by id', async () => {
    const { run, archive, lookedUp, evidence } = await conduct({
      requests: within(60, 2000),
      cutUs: 4_000_000,
    });
    expect(archive.spans).toBe(0);
    expect(lookedUp.asked).toBe(60);
    expect(lookedUp).toMatchObject({ missing: 60, searchLimits: [] });
    expect(lookedUp.beyondSearch).toHaveLength(60);
    expect(comparable(await rowsOf(evidence, 'archive'))).toEqual(comparable(run.tables.archive));
  });

  test('Jaeger that does not answer is named', async () => {
    const parts = await startParts({ collector });
    await parts.stop();
    const run = await makeRun({ requests: [] });
    undo.push(() => run.remove());
    const writer = await EvidenceWriter.create(run.folder);
    undo.push(() => writer.close());
    const options = { jaegerUrl: parts.jaegerUrl, service: ENTRY, fromUs: 0, untilUs: 1 };
    await expect(gatherArchive(writer, options)).rejects.toThrow(
      `Jaeger at ${parts.jaegerUrl} did not answer`,
    );
    const settled = await settle({
      ...parts,
      service: ENTRY,
      decisionWaitS: 0,
      hasSampler: true,
      endUs: 0,
      marginS: 1,
    });
    expect(settled).toMatchObject({
      ok: false,
      detail: expect.stringContaining("the Collector's metrics do not answer"),
    });
  });
});

describe('losses', () => {
  const stagesOf = async (evidence: OpenEvidence) =>
    Map.groupBy(await fates(evidence), ({ lost_stage }) => lost_stage ?? 'not lost');

  test('a ring that is too small pushes out the oldest', async () => {
    const jaeger = PROJECT_JAEGER.replace('max_traces: 200000', 'max_traces: 20');
    const { evidence } = await conduct({ jaeger, requests: within(60, 2000) });
    const stages = await stagesOf(evidence);
    expect(stages.get('evicted-by-archive')).toHaveLength(40);
    expect(stages.get('not lost')).toHaveLength(20);
  });

  test('a sampler with too little room forgets traces before their decision', async () => {
    const small = collector.replace('num_traces: 50000', 'num_traces: 20');
    const { evidence } = await conduct({ collector: small, requests: within(60, 1000) });
    const stages = await stagesOf(evidence);
    expect(stages.get('evicted-before-decision')?.length).toBeGreaterThanOrEqual(40);
    expect(stages.has('unexplained')).toBe(false);
  });

  test('a threshold that is too high: no policy keeps slow traces', async () => {
    const deaf = collector.replace('threshold_ms: 1999', 'threshold_ms: 5000');
    const { evidence } = await conduct({ collector: deaf, requests: within(60, 1000, { outcome: 'slow' }) });
    const stages = await stagesOf(evidence);
    expect([...stages.keys()].sort()).toEqual(['no-policy-keeps-it', 'not lost']);
    expect(stages.get('not lost')?.every(({ policy }) => policy === 'the-rest')).toBe(true);
  });
});
