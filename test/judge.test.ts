import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import breakerOpenedAndClosed from '../assertions/breaker-opened-and-closed.ts';
import everyErrorKept from '../assertions/every-error-kept.ts';
import healthChecksDropped from '../assertions/health-checks-dropped.ts';
import loadAchieved from '../assertions/load-achieved.ts';
import partsStayedUp from '../assertions/parts-stayed-up.ts';
import tracesUnbroken from '../assertions/traces-unbroken.ts';
import type { BoundAssertion, Finding, Result, Source, Verdict } from '../harness/contracts.ts';
import { evidenceChecksums } from '../harness/evidence/checksums.ts';
import { openEvidence } from '../harness/evidence/store.ts';
import { judge } from '../harness/judge.ts';
import { resultJsonSchema, resultSchema } from '../harness/result-schema.ts';
import { changed } from './assertions/judge-run.ts';
import { COLLECTOR_YAML, healthyRequests, makeRun, type RunSpec, traceIdOf } from './evidence/fixture.ts';
import { HOW } from './reports/results.ts';

const ALL = [
  partsStayedUp.with(),
  loadAchieved.with(),
  everyErrorKept.with(),
  healthChecksDropped.with(),
  tracesUnbroken.with(),
  breakerOpenedAndClosed.with({ edge: 'payment-to-stripe', span: 'payment.charge' }),
];
const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');

async function result(assertions: readonly BoundAssertion[], spec: RunSpec = {}): Promise<Result> {
  const run = await makeRun(spec);
  try {
    return await judge(await run.open(), assertions, 'runs/fixture');
  } finally {
    run.remove();
  }
}

function fixed(id: string, verdict: Verdict, needs: readonly Source[] = ['ledger']): BoundAssertion {
  const finding: Finding = { verdict, expected: 'x', observed: 'y', figures: {}, examples: [] };
  return { id, title: `Title of ${id}`, needs, options: {}, judge: () => Promise.resolve(finding) };
}

function throwing(message: string): BoundAssertion {
  return { ...fixed('throws', 'pass'), judge: () => Promise.reject(new Error(message)) };
}

describe('judge', () => {
  it('passes a healthy run, with its numbers', async () => {
    const judged = await result(ALL);
    expect(judged).toMatchObject({
      verdict: 'pass',
      exitCode: 0,
      because: 'all 6 assertions hold',
      run: 'fixture',
      folder: 'runs/fixture',
      requests: { planned: 400, sent: 400, answered: 400 },
      lost: [],
      lostCount: 0,
    });
    expect(judged.requests.rate).toBeCloseTo(400 / 70, 1);
    expect(judged.phases[0]).toEqual({
      name: 'baseline',
      start: '2025-10-09T08:53:20.000Z',
      end: '2025-10-09T08:53:40.000Z',
    });
    const count = judged.fate.reduce((sum, row) => sum + row.count, 0);
    expect(count).toBe(400);
    expect(judged.fate.map(({ promise }) => promise)).toEqual(['health', 'error', 'rest', 'rest']);
    expect(judged.fate[0]).toEqual({
      promise: 'health',
      promised: 'drop',
      predicted: 'drop',
      observed: 'absent',
      count: 10,
    });
    const order = judged.routes.find(({ route, phase }) => route === 'order-create' && phase === 'fault');
    expect(order).toMatchObject({ requests: 17, failed: 17, p50Ms: 60.1 });
  });

  it('is a function of the folder: judged again, the same bytes', async () => {
    const run = await makeRun({ requests: changed((_, index) => index < 200, { archived: 'absent' }) });
    try {
      const [first, second] = [await run.open(), await run.open()];
      const texts = [await judge(first, ALL, 'f'), await judge(second, ALL, 'f')].map((each) =>
        JSON.stringify(each),
      );
      expect(texts[0]).toBe(texts[1]);
    } finally {
      run.remove();
    }
  });

  it('lists lost traces with their stage, and fails', async () => {
    const judged = await result(ALL, {
      requests: changed((_, index) => index === firstFailed, { archived: 'absent' }),
    });
    expect(judged).toMatchObject({
      verdict: 'fail',
      exitCode: 1,
      because: '1 of 6 assertions failed: every-error-kept',
      lost: [
        { traceId: traceIdOf(firstFailed), promised: 'keep', stage: 'unexplained', route: 'order-create' },
      ],
      lostCount: 1,
    });
  });

  it.each<[Verdict, number, readonly BoundAssertion[]]>([
    ['pass', 0, [fixed('a', 'pass')]],
    ['inconclusive', 3, [fixed('a', 'pass'), fixed('b', 'inconclusive')]],
    ['inconclusive', 3, []],
    ['error', 3, [fixed('a', 'inconclusive'), throwing('broken')]],
    ['fail', 1, [fixed('a', 'inconclusive'), throwing('broken'), fixed('b', 'fail')]],
  ])('concludes %s with exit code %i', async (verdict, exitCode, assertions) => {
    expect(await result(assertions)).toMatchObject({ verdict, exitCode });
  });

  it('has exit code 4 and no pass when something was not restored', async () => {
    const run = { cleanupProblems: ['toxic left on payment-to-stripe'] };
    expect(await result([fixed('a', 'pass')], { run })).toMatchObject({
      verdict: 'error',
      exitCode: 4,
      because: 'not everything was restored (toxic left on payment-to-stripe); the assertion holds',
    });
    expect(await result([fixed('a', 'fail')], { run })).toMatchObject({ verdict: 'fail', exitCode: 4 });
  });

  it('goes on after an assertion that throws, and says what it threw', async () => {
    const { assertions } = await result([throwing('no such column'), fixed('b', 'pass')]);
    expect(assertions).toMatchObject([
      { id: 'throws', verdict: 'error', because: 'no such column' },
      { id: 'b', verdict: 'pass' },
    ]);
  });

  it('takes a finding that breaks the schema for an error of its assertion', async () => {
    const wrong: BoundAssertion = {
      ...fixed('wrong', 'pass'),
      judge: async () => ({ ...(await fixed('x', 'pass').judge({} as never)), examples: ['not a trace id'] }),
    };
    expect((await result([wrong])).assertions).toMatchObject([{ id: 'wrong', verdict: 'error' }]);
  });

  it('calls an assertion inconclusive whose source is missing, says why, and does not run it', async () => {
    const { assertions } = await result([{ ...throwing('must not run'), needs: ['archive'] }], {
      without: ['archive'],
    });
    expect(assertions).toMatchObject([
      { verdict: 'inconclusive', because: 'evidence is missing: archive (left out by the fixture)' },
    ]);
  });

  it.each(['ledger', 'recording', 'archive', 'gauges', 'timeline', 'books'] as const)(
    'judges without the source %s, and does not pass for that reason alone',
    async (source) => {
      const judged = await result(ALL, { without: [source] });
      expect(['pass', 'inconclusive']).toContain(judged.verdict);
      if (ALL.some(({ needs }) => needs.includes(source))) expect(judged.verdict).toBe('inconclusive');
    },
  );

  it('does not believe a run that was cut short, except for what ended it', async () => {
    const judged = await result([...ALL, fixed('x', 'fail')], {
      run: {
        status: 'broken',
        problem: { part: 'auth-service', partKind: 'service', message: 'exit code 1', logTail: 'boom' },
      },
    });
    expect(judged).toMatchObject({
      verdict: 'fail',
      exitCode: 1,
      because: expect.stringMatching(
        /^1 of 7 assertions failed: parts-stayed-up; 6 inconclusive: load-achieved, .*, x$/,
      ),
    });
    expect(new Set(judged.assertions.slice(1).map(({ verdict }) => verdict))).toEqual(
      new Set(['inconclusive']),
    );
    expect(judged.assertions[1]?.because).toBe('the run was cut short: auth-service died, exit code 1');
  });
});

describe('doubtful evidence', () => {
  const SOURCES = ['ledger', 'recording', 'archive', 'timeline', 'gauges', 'books'] as const;
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
    const failing: BoundAssertion = {
      ...fixed('a', 'fail', [source]),
      judge: async () => ({ ...(await fixed('a', 'fail').judge({} as never)), because: '3 traces lost' }),
    };
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
      [{ ...throwing('broken'), needs: ['recording'] }, { ...fixed('b', 'inconclusive', ['recording']) }],
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

it('how the run was made is handed on', async () => {
  expect((await result([fixed('a', 'pass')], { run: { how: HOW } })).how).toEqual(HOW);
  expect((await result([fixed('a', 'pass')])).how).toBeUndefined();
});

describe('the schema of result.json', () => {
  it('accepts a result as it is written and read', async () => {
    const judged = await result(ALL);
    expect(resultSchema.parse(JSON.parse(JSON.stringify(judged)))).toEqual(
      JSON.parse(JSON.stringify(judged)),
    );
  });

  it.each([
    ['an unknown verdict', { verdict: 'maybe' }],
    ['an unknown key', { extra: 1 }],
    ['a usage exit code', { exitCode: 2 }],
    ['a missing reason', { because: '' }],
    ['a doubt on no source', { doubts: [{ source: 'rumour', what: 'x' }] }],
  ])('rejects %s', async (_, change) => {
    const judged = await result([fixed('a', 'pass')]);
    expect(resultSchema.safeParse({ ...judged, ...change }).success).toBe(false);
  });

  it('is published as JSON Schema', () => {
    expect(resultJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: expect.arrayContaining([
        'verdict',
        'exitCode',
        'requests',
        'assertions',
        'fate',
        'lost',
        'doubts',
        'notes',
      ]),
      additionalProperties: false,
    });
  });
});
