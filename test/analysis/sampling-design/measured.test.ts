import { afterEach, expect, test } from 'vitest';
import { bytesByPromise, tracesToMeasure } from '../../../analysis/sampling-design/bytes.ts';
import { extrapolated } from '../../../analysis/sampling-design/extrapolate.ts';
import { measure } from '../../../analysis/sampling-design/measured.ts';
import {
  type FixtureRun,
  makeRun,
  type RequestSpec,
  type RunSpec,
  SYSTEM,
  traceIdOf,
} from '../../evidence/fixture.ts';

let run: FixtureRun | undefined;
afterEach(() => run?.remove());

async function measuredOf(spec: RunSpec) {
  run = await makeRun(spec);
  return measure(await run.open());
}

/** 100 requests: 2 health checks, 4 failed orders of which one is slow too, 3 slow reads. */
function requests(): RequestSpec[] {
  const phase = 'baseline';
  const list: RequestSpec[] = [
    { route: 'health', phase },
    { route: 'health', phase },
    { route: 'order-create', phase, outcome: 'error', latencyMs: 3060 },
    { route: 'order-create', phase, outcome: 'error', latencyMs: 60, archived: 'absent' },
    { route: 'order-create', phase, outcome: 'error', latencyMs: 60, archived: 'part' },
    { route: 'order-create', phase, outcome: 'error', latencyMs: 60 },
    ...Array.from({ length: 3 }, (): RequestSpec => ({ route: 'product-read', phase, outcome: 'slow' })),
  ];
  while (list.length < 100) list.push({ route: 'product-read', phase });
  return list;
}

test('the shares of a run: each request once, health checks apart, an error that is slow in both', async () => {
  const measured = await measuredOf({ requests: requests() });
  expect(measured).toMatchObject({
    seconds: 70,
    requests: 100,
    traffic: { errorShare: 0.04, slowShare: 0.04, errorAndSlowShare: 0.01, healthShare: 0.02 },
  });
  expect(measured.traffic.ratePerS).toBeCloseTo(100 / 70, 9);
  const of = (promise: string) => measured.classes.find((each) => each.promise === promise);
  expect(of('error')).toMatchObject({ requests: 4, whole: 2, part: 1, predicted: 4, unpredicted: 0 });
  expect(of('slow')).toMatchObject({ requests: 3, whole: 3, part: 0 });
  expect(of('health')).toMatchObject({ requests: 2, whole: 0, predicted: 0, archivedSpans: 0 });
  expect(measured.classes.reduce((sum, each) => sum + each.requests, 0)).toBe(100);
});

test('kept at another rate: by what is there, also in part', async () => {
  const measured = await measuredOf({ requests: requests() });
  const { rows } = extrapolated(measured, SYSTEM.promises, 1000, { bytesOf: () => 1000, pricePerGb: 1 });
  const errors = rows.find(({ promise }) => promise === 'error');
  expect(errors).toMatchObject({
    requests: 4,
    share: 0.04,
    promisedPercent: 100,
    keptPercent: 50,
    whole: 2,
    part: 1,
  });
  expect(errors?.kept.tracesPerS).toBeCloseTo(30, 9);
  // 3 of 100 requests are kept: between 1.0 % and 8.5 %.
  expect(errors?.between.least).toBeCloseTo(10.25, 1);
  expect(errors?.between.most).toBeCloseTo(84.5, 0);
  expect(errors?.kept.gbPerDay).toBeCloseTo((30 * 86_400 * 1000) / 1e9, 9);
});

test('traces of no request are counted apart; what left neither answer nor span is in no share', async () => {
  const measured = await measuredOf({
    requests: [...requests(), { route: 'product-read', phase: 'baseline', status: 0, recorded: 'none' }],
    mutate: ({ recording }) => {
      const [span] = recording;
      if (span) recording.push({ ...span, trace_id: 'f'.repeat(32), parent_id: null });
    },
  });
  expect(measured.otherTraces).toBe(1);
  expect(measured.classes.find(({ promise }) => promise === null)?.requests).toBe(1);
  expect(measured.traffic.errorShare).toBe(0.04);
});

test('a run without requests has no shares', async () => {
  const measured = await measuredOf({ requests: [{ route: 'health', phase: 'warmup' }] });
  expect(measured).toMatchObject({ requests: 0, traffic: { ratePerS: 0, errorShare: 0, healthShare: 0 } });
});

test('bytes are averages by promise, of traces that were recorded', async () => {
  run = await makeRun({ requests: requests() });
  const promises = await tracesToMeasure(await run.open());
  expect(promises.size).toBe(100);
  expect(promises.get(traceIdOf(2))).toBe('error');
  const size = (bytes: number) => ({ spans: 2, bytes, compressedBytes: bytes / 10 });
  expect(
    bytesByPromise(promises, [
      [traceIdOf(2), size(3000)],
      [traceIdOf(3), size(1000)],
      ['0'.repeat(32), size(9)],
    ]),
  ).toEqual([{ promise: 'error', traces: 2, spans: 2, bytes: 2000, compressedBytes: 200 }]);
});
