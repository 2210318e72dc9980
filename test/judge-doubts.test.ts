import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Source } from '../harness/contracts.ts';
import { evidenceChecksums } from '../harness/evidence/checksums.ts';
import { openEvidence } from '../harness/evidence/store.ts';
import { judge } from '../harness/judge.ts';
import { COLLECTOR_YAML, makeRun, type RunSpec } from './evidence/fixture.ts';
import { ALL, fixed, result, SOURCES, throwing } from './judge-fixture.ts';

describe('doubtful evidence', () => {
  const doubt = (source: Source) => ({ source, what: 'half of it is gone' });

  it.each(SOURCES)('of %s: what needs it cannot pass, what does not need it can', async (source) => {
    const other = SOURCES.find((each) => each !== source) ?? source;
    const judged = await result([fixed('a', 'pass', [other, source]), fixed('b', 'pass', [other])], {
      run: { doubts: [doubt(source)] },
    });
    expect(judged.assertions).toMatchObject([
      { verdict: 'inconclusive', because: `the evidence is doubtful: ${source}: half of it is gone` },
      { verdict: 'pass' },
    ]);
    expect(judged).toMatchObject({ verdict: 'inconclusive', exitCode: 3, doubts: [doubt(source)] });
  });

  it.each(SOURCES)('of %s: a failure stands unless what is missing may explain it', async (source) => {
    const failing = fixed('a', 'fail', [source], { because: '3 traces lost' });
    const judged = await result([failing], { run: { doubts: [doubt(source)] } });
    const explains = source === 'recording' || source === 'archive';
    expect(judged.assertions).toMatchObject([
      explains
        ? {
            verdict: 'inconclusive',
            because: `3 traces lost; but the evidence is doubtful: ${source}: half of it is gone`,
          }
        : { verdict: 'fail', because: '3 traces lost' },
    ]);
  });

  it('does not touch an error, or what is inconclusive already', async () => {
    const run = { doubts: [doubt('recording')] };
    const { assertions } = await result(
      [throwing('broken', ['recording']), fixed('b', 'inconclusive', ['recording'])],
      { run },
    );
    expect(assertions.map(({ verdict, because }) => [verdict, because])).toEqual([
      ['error', 'broken'],
      ['inconclusive', undefined],
    ]);
  });

  it('of spans that the Collector accepted and nobody recorded is found by the judge himself', async () => {
    const judged = await result(ALL, {
      mutate(tables) {
        // Half of the statements on the database, from the recording and from the archive.
        const isGone = ({ db_system, span_id }: { db_system: string | null; span_id: string }) =>
          db_system !== null && span_id < '8';
        tables.recording = tables.recording.filter((span) => !isGone(span));
        tables.archive = tables.archive.filter((span) => !isGone(span));
      },
    });
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.doubts).toEqual([
      { source: 'recording', what: expect.stringMatching(/^2\d+ different spans were recorded, but/) },
    ]);
    const notPassed = judged.assertions.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id);
    expect(notPassed).toEqual([
      'every-error-kept',
      'health-checks-dropped',
      'traces-unbroken',
      'breaker-opened-and-closed',
    ]);
  });

  it('that is harmless is shown: notes of the run, and what is not predicted exactly', async () => {
    const judged = await result(ALL, {
      run: { notes: ['a scrape failed'] },
      collectorConfig: COLLECTOR_YAML.replace(
        'processors: [tail_sampling,',
        'processors: [made_up, tail_sampling,',
      ),
    });
    expect(judged.notes).toEqual(['a scrape failed', expect.stringMatching(/^prediction: .*made_up/)]);
    expect(judged.doubts).toEqual([]);
    expect(judged.verdict).toBe('pass');
  });
});

describe('what was changed since the run', () => {
  it('forbids a pass to what needs it; what was added is a note', async () => {
    const run = await makeRun();
    try {
      const record = { ...run.run, evidence: await evidenceChecksums(run.folder) };
      const judged = async () => {
        const evidence = await openEvidence(run.folder, record, run.faults);
        try {
          return await judge(evidence, ALL, 'runs/fixture');
        } finally {
          evidence.close();
        }
      };
      expect((await judged()).notes).toEqual([]);
      await copyFile(
        join(run.folder, 'evidence', 'gauges.parquet'),
        join(run.folder, 'evidence', 'more.parquet'),
      );
      record.evidence = { ...record.evidence, 'ledger.parquet': 'f'.repeat(64) };
      const result = await judged();
      expect(result).toMatchObject({
        verdict: 'inconclusive',
        doubts: [{ source: 'ledger', what: 'evidence/ledger.parquet was changed since the run' }],
        notes: ['evidence/more.parquet was added since the run'],
      });
      const passed = result.assertions.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id);
      expect(passed).toEqual(['parts-stayed-up', 'breaker-opened-and-closed']);
    } finally {
      run.remove();
    }
  });
});

describe('rows that no run leaves', () => {
  const H = 3_600_000_000;
  it.each<[string, Source, string, NonNullable<RunSpec['mutate']>]>([
    [
      'a span that ends before it begins',
      'recording',
      '1 spans end before they begin',
      ({ recording }) => {
        for (const span of recording.slice(0, 1)) span.end_us = span.start_us - 1;
      },
    ],
    [
      'a span without its resource',
      'archive',
      '1 spans lack their attributes, events or resource',
      ({ archive }) => {
        for (const span of archive.slice(0, 1)) Object.assign(span, { resource: null });
      },
    ],
    [
      'a clock that jumped',
      'archive',
      '1 spans lie ten minutes or more outside the run',
      ({ archive }) => {
        for (const span of archive.slice(0, 1))
          Object.assign(span, { start_us: span.start_us - 48 * H, end_us: span.end_us - 48 * H });
      },
    ],
    [
      'a request that ended before it was sent',
      'ledger',
      '1 requests ended before they were sent',
      ({ ledger }) => {
        for (const row of ledger.slice(0, 1)) row.latency_us = -1;
      },
    ],
    [
      'requests without a route',
      'ledger',
      '400 requests lack what was planned',
      ({ ledger }) => {
        for (const row of ledger) Object.assign(row, { route: null });
      },
    ],
    [
      'half a record',
      'ledger',
      '1 requests have half a record',
      ({ ledger }) => {
        for (const row of ledger.slice(0, 1)) row.latency_us = null;
      },
    ],
    [
      'an id of two spans',
      'recording',
      '1 span ids stand for different spans',
      (tables) => {
        const [entry, other] = tables.spansOf(0);
        if (entry && other) tables.recording.push({ ...other, span_id: entry.span_id });
      },
    ],
  ])('%s forbids a pass', async (_, source, what, mutate) => {
    const judged = await result(
      [fixed('a', 'pass', [source]), fixed('b', 'fail', [source]), fixed('c', 'pass', ['books'])],
      { mutate },
    );
    expect(judged.doubts).toContainEqual({ source, what });
    expect(judged.assertions.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'fail', 'pass']);
  });

  it('are none in a span that is delivered twice', async () => {
    const judged = await result([fixed('a', 'pass', ['recording'])], {
      mutate: ({ recording }) => recording.push(...recording.slice(0, 3)),
    });
    expect(judged).toMatchObject({ verdict: 'pass', doubts: [] });
  });
});
