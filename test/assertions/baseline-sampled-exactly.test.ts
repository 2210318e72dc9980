import { describe, expect, it } from 'vitest';
import baselineSampledExactly from '../../assertions/baseline-sampled-exactly.ts';
import { hashThreshold, traceHash } from '../../harness/evidence/sampler/hash.ts';
import { COLLECTOR_YAML, healthyRequests, type RequestSpec, traceIdOf } from '../evidence/fixture.ts';
import { changed, changedReads, judgeRun, UNSETTLED } from './judge-run.ts';

const isRest = ({ route, outcome }: RequestSpec): boolean => route !== 'health' && outcome !== 'error';
const inShare = (index: number, percentage: number): boolean =>
  traceHash(traceIdOf(index)) <= hashThreshold(percentage);
const promised = healthyRequests().flatMap((request, index) =>
  isRest(request) && inShare(index, 5) ? [index] : [],
);
const [firstPromised = -1] = promised;
const firstOther = healthyRequests().findIndex((request, index) => isRest(request) && !inShare(index, 5));
const sampling = (percentage: number): string =>
  COLLECTOR_YAML.replace('sampling_percentage: 5', `sampling_percentage: ${percentage}`);

describe('baseline-sampled-exactly', () => {
  it('passes when exactly the promised share is archived', async () => {
    const finding = await judgeRun(baselineSampledExactly.with());
    expect(promised.length).toBeGreaterThan(5);
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected: `exactly ${promised.length} of 373 kept, the 5 % that the hash picks`,
      figures: { total: 373, promised: promised.length, kept: promised.length, missing: 0, surplus: 0 },
    });
  });

  it('fails on a configuration of 1 % instead of 5 %', async () => {
    const requests = changed((request, index) => isRest(request) && !inShare(index, 1), {
      archived: 'absent',
    });
    const finding = await judgeRun(baselineSampledExactly.with(), { requests, collectorConfig: sampling(1) });
    const missing = promised.filter((index) => !inShare(index, 1)).length;
    expect(finding).toMatchObject({ verdict: 'fail', figures: { missing, surplus: 0, lostByPipeline: 0 } });
    expect(finding.because).toContain(`${missing} too few, 0 too many`);
  });

  it('fails on a configuration that keeps everything, and names the policy', async () => {
    const requests = changed(isRest, { archived: 'whole' });
    const finding = await judgeRun(baselineSampledExactly.with(), {
      requests,
      collectorConfig: sampling(100),
    });
    const surplus = 373 - promised.length;
    expect(finding).toMatchObject({ verdict: 'fail', figures: { missing: 0, surplus } });
    expect(finding.because).toContain(`0 too few, ${surplus} too many, kept by its policy rest`);
    expect(finding.examples).toHaveLength(10);
  });

  it('fails when the pipeline lost a trace that the configuration keeps', async () => {
    const requests = changed((_, index) => index === firstPromised, { archived: 'absent' });
    const finding = await judgeRun(baselineSampledExactly.with(), { requests });
    expect(finding).toMatchObject({
      verdict: 'fail',
      figures: { missing: 1, lostByPipeline: 1, configuredMissing: 0 },
      examples: [traceIdOf(firstPromised)],
    });
    expect(finding.because).toContain('1 trace that the configuration keeps not archived');
  });

  it('fails when a trace is archived that the configuration does not keep', async () => {
    const requests = changed((_, index) => index === firstOther, { archived: 'whole' });
    const finding = await judgeRun(baselineSampledExactly.with(), { requests });
    expect(finding).toMatchObject({
      verdict: 'fail',
      figures: { surplus: 1, keptAgainstPrediction: 1 },
      examples: [traceIdOf(firstOther)],
    });
  });

  it('leaves a trace archived in part to traces-unbroken: the sampler did choose it', async () => {
    const requests = changed((_, index) => index === firstPromised, { archived: 'part' });
    const finding = await judgeRun(baselineSampledExactly.with(), { requests });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { keptInPart: 1 } });
  });

  it('allows the rule for slow traces to keep one that comes within 50 ms of it, and no nearer', async () => {
    // Longer than the policy's threshold, shorter than the promise's.
    const collectorConfig = COLLECTOR_YAML.replace('1999', '1980');
    const requests = changedReads('baseline', 1, { outcome: 'slow', latencyMs: 1990, archived: 'whole' });
    const near = await judgeRun(baselineSampledExactly.with(), { requests, collectorConfig });
    expect(near).toMatchObject({ verdict: 'pass', figures: { atTheEdge: 1, surplus: 0 } });
    const strict = baselineSampledExactly.with({ edgeMs: 5 });
    const far = await judgeRun(strict, { requests, collectorConfig });
    expect(far).toMatchObject({ verdict: 'fail', figures: { atTheEdge: 0, surplus: 1 } });
    expect(far.because).toContain('kept by its policy slow');
  });

  it.each([
    ['nothing was to be sampled', { requests: changed(isRest, { outcome: 'error' }) }, 'send more requests'],
    ['the archive was not stable', { run: UNSETTLED }, 'still growing'],
    [
      'the configuration cannot be predicted',
      {
        collectorConfig: COLLECTOR_YAML.replace(
          '- { name: rest, type: probabilistic, probabilistic: { sampling_percentage: 5 } }',
          '- { name: limited, type: rate_limiting, rate_limiting: { spans_per_second: 1000 } }',
        ),
      },
      "what the Collector's configuration decides is not known",
    ],
  ])('is inconclusive when %s', async (_, spec, because) => {
    const finding = await judgeRun(baselineSampledExactly.with(), spec);
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain(because);
  });

  it('fails without a prediction when archive and promise differ', async () => {
    const finding = await judgeRun(baselineSampledExactly.with(), {
      requests: changed(isRest, { archived: 'whole' }),
      collectorConfig: COLLECTOR_YAML.replace(
        /- \{ name: rest.*/,
        '- { name: limited, type: rate_limiting, rate_limiting: { spans_per_second: 1000 } }',
      ),
    });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain('against the promise');
  });
});
