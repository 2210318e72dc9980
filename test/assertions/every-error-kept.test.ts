import { describe, expect, it } from 'vitest';
import everyErrorKept from '../../assertions/every-error-kept.ts';
import { COLLECTOR_YAML, traceIdOf } from '../evidence/fixture.ts';
import { changed, judgeRun, UNSETTLED } from './judge-run.ts';

const isFailedOrder = ({ outcome }: { outcome?: string }): boolean => outcome === 'error';
const firstFailed = changed(() => false, {}).findIndex(isFailedOrder);

describe('every-error-kept', () => {
  it('passes when each error trace is archived whole', async () => {
    const finding = await judgeRun(everyErrorKept.with());
    expect(finding).toMatchObject({
      verdict: 'pass',
      expected: 'every one of 17 error traces kept whole',
      observed: '17 kept whole',
      figures: { total: 17, whole: 17, part: 0, absent: 0 },
      examples: [],
    });
  });

  it('fails with the id and the stage when one is absent', async () => {
    const requests = changed((_, index) => index === firstFailed, { archived: 'absent' });
    const finding = await judgeRun(everyErrorKept.with(), { requests });
    expect(finding).toMatchObject({
      verdict: 'fail',
      observed: '16 kept whole, 1 absent',
      figures: { absent: 1, lostUnexplained: 1 },
      examples: [traceIdOf(firstFailed)],
    });
    expect(finding.because).toContain('1 error trace lost: 1 unexplained');
  });

  it('fails when one is archived in part', async () => {
    const requests = changed((_, index) => index === firstFailed, { archived: 'part' });
    const finding = await judgeRun(everyErrorKept.with(), { requests });
    expect(finding).toMatchObject({ verdict: 'fail', observed: '16 kept whole, 1 in part' });
  });

  it('says that no policy keeps them when the error policy is gone', async () => {
    const requests = changed(isFailedOrder, { archived: 'absent' });
    const finding = await judgeRun(everyErrorKept.with(), {
      requests,
      collectorConfig: COLLECTOR_YAML.replace(/.*name: errors.*\n/, ''),
    });
    expect(finding.verdict).toBe('fail');
    expect(finding.because).toContain('no-policy-keeps-it');
  });

  it('is inconclusive without any error', async () => {
    const requests = changed(isFailedOrder, { outcome: 'ok', latencyMs: 20 });
    const finding = await judgeRun(everyErrorKept.with(), { requests });
    expect(finding).toMatchObject({ verdict: 'inconclusive', figures: { total: 0 } });
  });

  it('is inconclusive when a request left neither answer nor span', async () => {
    const requests = changed((_, index) => index === 0, { status: 0, recorded: 'none', archived: 'absent' });
    const finding = await judgeRun(everyErrorKept.with(), { requests });
    expect(finding).toMatchObject({ verdict: 'inconclusive', figures: { unknown: 1 } });
  });

  it('is inconclusive, even with losses, when the archive was not stable', async () => {
    const requests = changed((_, index) => index === firstFailed, { archived: 'absent' });
    const finding = await judgeRun(everyErrorKept.with(), { requests, run: UNSETTLED });
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain('still growing');
  });

  it('rejects a promise that the system does not declare, and names those that it does', async () => {
    await expect(judgeRun(everyErrorKept.with({ promise: 'oops' }))).rejects.toThrow(
      /no sampling promise called 'oops'.*error \(error, 100 %\)/,
    );
  });
});
