import { describe, expect, it } from 'vitest';
import type { BoundAssertion, Verdict } from '../harness/contracts.ts';
import { judge } from '../harness/judge.ts';
import { changed } from './assertions/judge-run.ts';
import { healthyRequests, makeRun, traceIdOf } from './evidence/fixture.ts';
import { ALL, fixed, result, SOURCES, throwing } from './judge-fixture.ts';
import { HOW } from './reports/results.ts';

const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');

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
    const wrong = fixed('wrong', 'pass', ['ledger'], { examples: ['not a trace id'] });
    expect((await result([wrong])).assertions).toMatchObject([{ id: 'wrong', verdict: 'error' }]);
  });

  it('calls an assertion inconclusive whose source is missing, says why, and does not run it', async () => {
    const { assertions } = await result([throwing('must not run', ['archive'])], {
      without: ['archive'],
    });
    expect(assertions).toMatchObject([
      { verdict: 'inconclusive', because: 'evidence is missing: archive (left out by the fixture)' },
    ]);
  });

  it.each(SOURCES)(
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

it('how the run was made is handed on', async () => {
  expect((await result([fixed('a', 'pass')], { run: { how: HOW } })).how).toEqual(HOW);
  expect((await result([fixed('a', 'pass')])).how).toBeUndefined();
});
