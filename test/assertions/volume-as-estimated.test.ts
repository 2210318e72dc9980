import { describe, expect, it } from 'vitest';
import volumeAsEstimated from '../../assertions/volume-as-estimated.ts';
import { healthyRequests, type RequestSpec, traceIdOf } from '../evidence/fixture.ts';
import { changed, changedReads, judgeRun, UNSETTLED } from './judge-run.ts';

/** As the fixture is: 17 errors and 10 health checks of 400 requests in 70 s, 19 of the others in the hash's share. */
const ROWS = [
  { promise: 'error', sharePercent: 4.25, perS: 42.5 },
  { promise: 'rest', sharePercent: 93.25, perS: 46.6 },
  { promise: 'health', sharePercent: 2.5, perS: 0 },
];
const [ERRORS] = ROWS;
const estimated = volumeAsEstimated.with({ rows: ROWS });
const firstFailed = healthyRequests().findIndex(({ outcome }) => outcome === 'error');

describe('volume-as-estimated', () => {
  it('passes when as many are kept as estimated, scaled to the rate', async () => {
    const finding = await judgeRun(estimated);
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected: 'error 0.24, rest 0.27, health 0 traces/s kept, within 20 %; in all 0.5/s, 43,990 a day',
      figures: {
        measuredS: 70,
        'error.expectedPerS': 0.243,
        'error.observedPerS': 0.243,
        'error.allowedPerS': 0.236,
        'error.observedSharePercent': 4.25,
        'health.expectedPerS': 0,
        'health.observedPerS': 0,
        'health.observedSharePercent': 2.5,
        'total.expectedPerS': 0.509,
        'total.expectedPerDay': 43990,
      },
      examples: [],
    });
    const total =
      Number(finding.figures['error.observedPerS']) + Number(finding.figures['rest.observedPerS']);
    expect(finding.figures['total.observedPerS']).toBeCloseTo(total, 2);
  });

  it('takes the estimate for the rate that it is made for', async () => {
    const rate = 400 / 70;
    const own = volumeAsEstimated.with({
      rows: [{ promise: 'error', sharePercent: 4.25, perS: 0.243 }],
      atRate: rate,
    });
    expect(await judgeRun(own)).toMatchObject({
      verdict: 'pass',
      figures: { 'error.expectedPerS': 0.243 },
    });
  });

  it('passes within the spread of chance, and fails beyond it', async () => {
    // 17 expected: four standard deviations are 16.5.
    const more = (count: number) => ({ requests: changedReads('baseline', count, { outcome: 'error' }) });
    expect((await judgeRun(estimated, more(16))).verdict).toBe('pass');
    const finding = await judgeRun(estimated, more(17));
    expect(finding).toMatchObject({
      verdict: 'fail',
      because: 'error 0.49 traces/s kept of 8.5 % of the requests, estimated 0.24 of 4.25 %, allowed +-0.24',
    });
    expect(finding.examples[0]).toBe(traceIdOf(0));
    expect(finding.examples).toHaveLength(10);
  });

  it('passes within the tolerance, and fails beyond it', async () => {
    const seldom = changed(({ route }) => route === 'health', { archived: 'whole' });
    const tolerant = (tolerancePercent: number) =>
      volumeAsEstimated.with({
        rows: [{ promise: 'error', sharePercent: 100, perS: 1000 }],
        tolerancePercent,
      });
    // 300 of 400 expected: a fourth is missing, and the spread is 20 %.
    const requests = seldom.map((request, index): RequestSpec => {
      return index < 100
        ? { route: 'health', phase: request.phase }
        : { ...request, outcome: 'error', route: 'product-read' };
    });
    expect((await judgeRun(tolerant(26), { requests })).verdict).toBe('pass');
    expect((await judgeRun(tolerant(24), { requests })).verdict).toBe('fail');
  });

  it.each(['absent', 'part'] as const)('fails when errors are archived %s', async (archived) => {
    const requests = changed(({ outcome }) => outcome === 'error', { archived });
    expect(await judgeRun(estimated, { requests })).toMatchObject({
      verdict: 'fail',
      because: 'error 0 traces/s kept of 4.25 % of the requests, estimated 0.24 of 4.25 %, allowed +-0.24',
      figures: { 'error.observedPerS': 0 },
    });
  });

  it('fails for a single trace of a promise that keeps none', async () => {
    const seq = healthyRequests().findIndex(({ route }) => route === 'health');
    const requests = changed((_, index) => index === seq, { archived: 'whole' });
    expect(await judgeRun(estimated, { requests })).toMatchObject({
      verdict: 'fail',
      because: 'health 0.01 traces/s kept of 2.5 % of the requests, estimated 0 of 2.5 %, allowed +-0',
      examples: [traceIdOf(seq)],
    });
  });

  it('counts what no row names in the total', async () => {
    const errors = volumeAsEstimated.with({ rows: ROWS.slice(0, 1) });
    const finding = await judgeRun(errors);
    expect(finding.verdict).toBe('pass');
    expect(finding.figures['total.observedPerS']).toBeGreaterThan(
      Number(finding.figures['error.observedPerS']),
    );
  });

  it('does not count twice what is recorded twice', async () => {
    const finding = await judgeRun(estimated, {
      mutate(tables) {
        tables.ledger.push(...tables.ledger.map((row) => ({ ...row })));
        tables.archive.push(...tables.archive.map((row) => ({ ...row })));
      },
    });
    expect(finding).toMatchObject({
      verdict: 'pass',
      figures: { 'error.observedPerS': 0.243, 'error.observedSharePercent': 4.25 },
    });
  });

  it('leaves the warm-up out', async () => {
    const requests = changed((_, index) => index === firstFailed, { phase: 'warmup' });
    expect((await judgeRun(estimated, { requests })).figures).toMatchObject({ 'error.observedPerS': 0.229 });
  });

  it('is inconclusive when the archive was not stable, whatever it holds', async () => {
    for (const archived of ['as-sampled', 'absent'] as const) {
      const finding = await judgeRun(estimated, {
        requests: changed(() => true, { archived }),
        run: UNSETTLED,
      });
      expect(finding).toMatchObject({
        verdict: 'inconclusive',
        because: expect.stringContaining(
          'the archive was not stable when it was read (still growing after 60 s)',
        ),
      });
    }
  });

  it('is inconclusive when so few are expected that none would do', async () => {
    // 16 traces expected: four standard deviations are 16.
    const few = volumeAsEstimated.with({ rows: [{ promise: 'error', sharePercent: 3.9, perS: 39 }] });
    const requests = healthyRequests().filter(({ outcome }) => outcome !== 'error');
    expect(await judgeRun(few, { requests })).toMatchObject({
      verdict: 'inconclusive',
      because:
        'only 15 traces of error expected in 70 s, too few to tell from none: raise --rate or make the phases longer',
    });
  });

  it('is inconclusive without a request', async () => {
    const requests = changed(() => true, { phase: 'warmup' });
    expect(await judgeRun(estimated, { requests })).toMatchObject({
      verdict: 'inconclusive',
      because: 'there was no request in the measured phases',
    });
  });

  it('rejects an estimate that does not fit rate and share, and a promise that is not declared', async () => {
    const estimate = (row: object) =>
      judgeRun(volumeAsEstimated.with({ rows: [{ promise: 'rest', sharePercent: 98.5, perS: 49, ...row }] }));
    await expect(estimate({})).resolves.toBeDefined();
    await expect(estimate({ perS: 50 })).rejects.toThrow(
      "the estimate of rest does not fit: 50/s is stated, but 1,000 requests/s x 98.5 % x 5 % kept are 49.25/s. Correct the option 'rows' or 'atRate'.",
    );
    await expect(estimate({ perS: 49.2 })).resolves.toBeDefined();
    await expect(estimate({ perS: 49.1 })).rejects.toThrow('does not fit');
    await expect(estimate({ promise: 'all' })).rejects.toThrow(
      "declares no sampling promise called 'all' about a share of the volume",
    );
    expect(() => volumeAsEstimated.with({ rows: ERRORS ? [ERRORS, ERRORS] : [] })).toThrow(
      'name each promise once',
    );
  });
});
