import { describe, expect, it } from 'vitest';
import healthChecksDropped from '../../assertions/health-checks-dropped.ts';
import { COLLECTOR_YAML, healthyRequests, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { changed, judgeRun, UNSETTLED } from './judge-run.ts';

const firstHealth = healthyRequests().findIndex(({ route }) => route === 'health');
const noHealth = healthyRequests().filter(({ route }) => route !== 'health');

describe('health-checks-dropped', () => {
  it('passes when none is archived', async () => {
    expect(await judgeRun(healthChecksDropped.with())).toMatchObject({
      verdict: 'pass',
      expected: 'none of 10 health checks archived',
      observed: 'none archived',
      figures: { requests: 10, recorded: 10, archived: 0 },
    });
  });

  it.each(['whole', 'part'] as const)('fails when one is archived in %s', async (archived) => {
    const requests = changed((_, index) => index === firstHealth, { archived });
    const collectorConfig = COLLECTOR_YAML.replace(
      /- name: no-health-checks[\s\S]*?(?=- \{ name: errors)/,
      '',
    ).replace('sampling_percentage: 5', 'sampling_percentage: 100');
    const finding = await judgeRun(healthChecksDropped.with(), {
      requests,
      collectorConfig,
      ...(archived === 'part' ? { mutate: addSecondSpan } : {}),
    });
    expect(finding).toMatchObject({
      verdict: 'fail',
      observed: '1 archived',
      examples: [traceIdOf(firstHealth)],
      because: 'the Collector kept them by its policy rest: use a drop policy on their paths',
    });
  });

  it.each([
    ['of a request that the ledger does not know', 'e'.repeat(32), '/health', 1],
    ['with a query', 'e'.repeat(32), '/ready?deep=1', 1],
    ['within another trace', traceIdOf(0), '/ready', 0],
  ])('fails when a health check is archived %s', async (_, trace_id, url_path, archivedUnknown) => {
    const finding = await judgeRun(healthChecksDropped.with(), { mutate: archive({ trace_id, url_path }) });
    expect(finding).toMatchObject({
      verdict: 'fail',
      observed: '1 archived',
      figures: { requests: 10, archived: 1, archivedUnknown },
      examples: [trace_id],
    });
  });

  it('passes when another path is archived, or a call that merely asks for such a path', async () => {
    for (const other of [{ url_path: '/healthy' }, { url_path: null }, { kind: 'client' } as const])
      expect((await judgeRun(healthChecksDropped.with(), { mutate: archive(other) })).verdict).toBe('pass');
  });

  it('goes by the path that was asked for, not by the one that was recorded', async () => {
    const requests = changed((_, index) => index === firstHealth, { archived: 'whole' });
    const mutate = ({ recording, archive: archived }: Tables) => {
      for (const span of [...recording, ...archived].filter((each) => each.url_path === '/health'))
        span.url_path = '/';
    };
    expect(await judgeRun(healthChecksDropped.with(), { requests, mutate })).toMatchObject({
      verdict: 'fail',
      examples: [traceIdOf(firstHealth)],
    });
  });

  it('fails even when the archive was not stable: presence proves itself', async () => {
    const requests = changed((_, index) => index === firstHealth, { archived: 'whole' });
    const finding = await judgeRun(healthChecksDropped.with(), { requests, run: UNSETTLED });
    expect(finding.verdict).toBe('fail');
  });

  it.each([
    ['there was no health check', { requests: noHealth }],
    ['the archive is empty', { requests: changed(() => true, { archived: 'absent' }) }],
    ['the archive was not stable', { run: UNSETTLED }],
  ])('is inconclusive when %s', async (because, spec) => {
    const finding = await judgeRun(healthChecksDropped.with(), spec);
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain(because);
  });
});

/** A trace of one span cannot be archived in part; this one gets a second span, and its first is archived. */
function addSecondSpan({ recording, archive }: Tables): void {
  const entry = recording.find(({ trace_id }) => trace_id === traceIdOf(firstHealth));
  if (!entry) throw new Error('the fixture recorded no health check');
  recording.push({ ...entry, span_id: 'f'.repeat(16), parent_id: entry.span_id, kind: 'internal' });
  archive.push({ ...entry });
}

/** A span of a health check, delivered twice, but for what is given. */
function archive(change: Partial<Tables['archive'][number]>): (tables: Tables) => void {
  return (tables) => {
    const entry = tables.recording.find(({ trace_id }) => trace_id === traceIdOf(firstHealth));
    if (!entry) throw new Error('the fixture recorded no health check');
    const span = { ...entry, trace_id: 'e'.repeat(32), ...change };
    tables.archive.push(span, { ...span });
  };
}
