import { afterEach, describe, expect, test } from 'vitest';
import type { FateRow, SpanRow } from '../../harness/contracts.ts';
import { hashThreshold, traceHash } from '../../harness/evidence/sampler/hash.ts';
import {
  COLLECTOR_YAML,
  type FixtureRun,
  makeRun,
  type RequestSpec,
  type RunSpec,
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
const IN_SHARE = SEQS.find(isInShare) ?? 0;

const OK: RequestSpec = { route: 'product-read', phase: 'baseline' };
const ERROR: RequestSpec = { ...OK, outcome: 'error' };
const SLOW: RequestSpec = { ...OK, outcome: 'slow' };
const HEALTH: RequestSpec = { route: 'health', phase: 'baseline' };

/** A run whose last request is `spec`, and in the promised share exactly if `inShare`. */
function upTo(spec: RequestSpec, inShare: boolean): RequestSpec[] {
  const seq = SEQS.find((candidate) => isInShare(candidate) === inShare) ?? 0;
  return [...Array.from({ length: seq }, () => HEALTH), spec];
}

test('a healthy run: every request has one fate, and none is lost', async () => {
  const fate = await fateOf({});
  expect(fate).toHaveLength(400);
  expect(fate.filter(({ lost_stage }) => lost_stage !== null)).toEqual([]);
  expect(fate.filter(({ promised_kept, observed }) => promised_kept !== (observed === 'whole'))).toEqual([]);
  expect(fate.filter(({ predicted, observed }) => (predicted === 'keep') !== (observed === 'whole'))).toEqual(
    [],
  );
  expect(new Set(fate.map(({ promise }) => promise))).toEqual(new Set(['health', 'error', 'rest']));
});

describe.each(['whole', 'part', 'absent'] as const)('observed %s', (archived) => {
  const lost = archived !== 'whole';
  test.each([
    ['error', { ...ERROR, archived }, false, 'keep', true, 'keep', 'errors', lost ? 'unexplained' : null],
    ['slow', { ...SLOW, archived }, false, 'keep', true, 'keep', 'slow', lost ? 'unexplained' : null],
    ['rest', { ...OK, archived }, true, 'sample', true, 'keep', 'rest', lost ? 'unexplained' : null],
    ['rest', { ...OK, archived }, false, 'sample', false, 'drop', null, null],
  ] as const)(
    '%s',
    async (promise, spec, inShare, promised, promised_kept, predicted, policy, lost_stage) => {
      const fate = (await fateOf({ requests: upTo(spec, inShare) })).at(-1);
      expect(fate).toMatchObject({
        promise,
        promised,
        promised_kept,
        predicted,
        policy,
        observed: archived,
        recorded_spans: 6,
        archived_spans: { whole: 6, part: 5, absent: 0 }[archived],
        lost_stage,
      });
    },
  );

  test('health', async () => {
    // One span only: what is in part archived is all but that one.
    const [fate] = await fateOf({
      requests: [{ ...HEALTH, archived: archived === 'whole' ? 'whole' : 'absent' }],
    });
    expect(fate).toMatchObject({
      promise: 'health',
      promised: 'drop',
      promised_kept: false,
      predicted: 'drop',
      policy: 'no-health-checks',
      observed: archived === 'whole' ? 'whole' : 'absent',
      lost_stage: null,
    });
  });
});

describe('whole', () => {
  /** What is observed of the trace, with the numbers of its recorded and archived spans. */
  const observedOf = async (mutate: RunSpec['mutate']) => {
    const [fate] = await fateOf({
      requests: [{ ...ERROR, archived: 'whole' }],
      ...(mutate ? { mutate } : {}),
    });
    return [fate?.observed, fate?.recorded_spans, fate?.archived_spans];
  };

  test('is every recorded span by its id: as many others do not make up for one', async () => {
    const observed = await observedOf(({ archive }) => {
      const last = archive.at(-1);
      if (last) last.span_id = 'f'.repeat(16);
    });
    expect(observed).toEqual(['part', 6, 6]);
  });

  test('counts a span once, however often it was recorded or archived', async () => {
    const twice = (row: SpanRow | undefined) => (row ? [{ ...row }] : []);
    // Recorded twice and archived once, while another span is not archived: five spans, not six.
    expect(
      await observedOf((tables) => {
        tables.archive.pop();
        tables.recording.push(...twice(tables.recording[0]));
      }),
    ).toEqual(['part', 6, 5]);
    expect(
      await observedOf((tables) => {
        tables.archive.pop();
        tables.archive.push(...twice(tables.archive[0]));
      }),
    ).toEqual(['part', 6, 5]);
    expect(
      await observedOf((tables) => {
        tables.recording.push(...twice(tables.recording[0]));
        tables.archive.push(...twice(tables.archive[1]));
      }),
    ).toEqual(['whole', 6, 6]);
  });
});

describe('which promise applies', () => {
  test('the first that does: a failed health check is a health check', async () => {
    const [fate] = await fateOf({ requests: [{ ...HEALTH, outcome: 'error' }] });
    expect(fate).toMatchObject({ promise: 'health', promised: 'drop', lost_stage: null });
  });

  test('the path is the one that was asked for, whatever a span calls it', async () => {
    const mutate: RunSpec['mutate'] = (tables) => {
      for (const span of tables.spansOf(0)) span.url_path = '/';
      for (const span of tables.spansOf(1)) span.url_path = '/health';
    };
    const fate = await fateOf({ requests: [HEALTH, OK], mutate });
    expect(fate.map(({ promise }) => promise)).toEqual(['health', 'rest']);
  });

  test('the query of a path does not count', async () => {
    const mutate: RunSpec['mutate'] = ({ ledger }) => {
      for (const row of ledger) row.path = '/health?verbose=1';
    };
    const [fate] = await fateOf({ requests: [{ ...HEALTH, recorded: 'none' }], mutate });
    expect(fate).toMatchObject({ promise: 'health' });
  });

  test('an error of any span counts, and so does a status of 500 or more without any span', async () => {
    const mutate: RunSpec['mutate'] = (tables) => {
      const [, span] = tables.spansOf(0);
      if (span !== undefined) span.status = 'error';
    };
    const fate = await fateOf({
      requests: [OK, { ...OK, status: 500, recorded: 'none' }, { ...OK, status: 499 }],
      mutate,
    });
    expect(fate.map(({ promise }) => promise)).toEqual(['error', 'error', 'rest']);
  });

  test("slow is the entry span's time; without one, the client's less 50 ms", async () => {
    const slow = (latencyMs: number, recorded: RequestSpec['recorded'] = 'full'): RequestSpec => ({
      ...OK,
      latencyMs,
      recorded,
    });
    // The fixture's entry span is 1.5 ms shorter than the client's time.
    const requests = [
      slow(2001),
      slow(2002),
      slow(2049, 'no-entry'),
      slow(2050, 'no-entry'),
      slow(2050, 'none'),
    ];
    const fate = await fateOf({ requests });
    expect(fate.map(({ promise }) => promise)).toEqual(['rest', 'slow', 'rest', 'slow', 'slow']);
  });
});

describe('requests of which little is known', () => {
  test('no answer and no span: nothing can be said', async () => {
    const fate = await fateOf({
      requests: [
        { ...OK, status: 0, recorded: 'none' },
        { ...HEALTH, status: null, recorded: 'none' },
      ],
    });
    for (const row of fate) {
      expect(row).toMatchObject({
        promised: 'unknown',
        promise: null,
        promised_kept: null,
        predicted: 'unknown',
        lost_stage: null,
      });
    }
  });

  test('no answer, but spans: the spans tell', async () => {
    const [fate] = await fateOf({ requests: [{ ...ERROR, status: 0 }] });
    expect(fate).toMatchObject({ promise: 'error', predicted: 'keep', observed: 'whole' });
  });

  test('an answer but no span, or no entry span, was not exported', async () => {
    const fate = await fateOf({
      requests: [
        { ...ERROR, recorded: 'none' },
        { ...ERROR, recorded: 'no-entry', archived: 'absent' },
      ],
    });
    expect(fate.map(({ lost_stage }) => lost_stage)).toEqual(['not-exported', 'not-exported']);
  });

  test('what is archived though it was not recorded is there in part, and not known to be lost', async () => {
    const [fate] = await fateOf({
      requests: [ERROR],
      mutate(tables) {
        tables.recording = [];
      },
    });
    expect(fate).toMatchObject({
      observed: 'part',
      recorded_spans: 0,
      archived_spans: 6,
      lost_stage: null,
    });
  });
});

describe("the exercise's invert_match", () => {
  const collectorConfig = COLLECTOR_YAML.replace(
    /- name: no-health-checks[\s\S]*?(?=- \{ name: errors)/,
    '- { name: no-health, type: string_attribute, string_attribute: { key: http.target, values: [/health], invert_match: true } }\n      ',
  );

  test('keeps everything', async () => {
    const fate = await fateOf({ collectorConfig });
    expect(fate.filter(({ predicted }) => predicted !== 'keep')).toEqual([]);
    expect(fate.filter(({ policy }) => policy === 'no-health')).toHaveLength(400);
  });
});

test('the promised share uses the salt of the configuration', async () => {
  const collectorConfig = COLLECTOR_YAML.replace(
    'sampling_percentage: 5',
    'sampling_percentage: 5, hash_salt: other',
  );
  const fate = await fateOf({ collectorConfig });
  for (const { trace_id, promise, promised_kept, predicted } of fate.filter(
    ({ promise }) => promise === 'rest',
  )) {
    const kept = traceHash(trace_id, 'other') <= hashThreshold(5);
    expect({ promise, promised_kept, predicted }).toEqual({
      promise,
      promised_kept: kept,
      predicted: kept ? 'keep' : 'drop',
    });
  }
  expect(
    fate
      .filter(({ trace_id }) => trace_id === traceIdOf(IN_SHARE))
      .every(({ promised_kept }) => !promised_kept),
  ).toBe(traceHash(traceIdOf(IN_SHARE), 'other') > hashThreshold(5));
});
