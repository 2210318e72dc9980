/**
 * Every check can fail: each sabotage breaks one thing of a run with the real parts, and exactly the assertions that
 * watch over it must turn. The first run breaks nothing: without it, an assertion that is always red would go
 * unnoticed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeFolder } from '../../commands/lib/verdict.ts';
import { editConfiguration, policy } from './edit-configuration.ts';
import { copyRun, editEvidence } from './edit-evidence.ts';
import { removeFolders } from './folders.ts';
import { type Outcome, outcome, runScenario } from './run-scenario.ts';

const RUN_MS = 240_000;

afterAll(removeFolders);

describe('stripe-slow, unbroken', () => {
  let clean: Outcome;
  beforeAll(async () => {
    clean = await runScenario('stripe-slow');
  }, RUN_MS);

  it('passes', () => {
    expect(clean.notPassed).toEqual({});
    expect(clean.result.verdict).toBe('pass');
    expect(clean.exitCode).toBe(0);
    expect(clean.result.lost).toEqual([]);
  });

  it('is judged the same again, offline', async () => {
    // As JSON, in which a property without a value is no property.
    expect(JSON.parse(JSON.stringify(await judgeFolder(clean.folder)))).toEqual(clean.result);
  });

  it('with one record taken out of the ledger is not believed any more', { timeout: 60_000 }, async () => {
    const folder = await copyRun(clean.folder);
    await editEvidence(folder, ['ledger'], ['DELETE FROM ledger WHERE seq = 1000']);
    const { notPassed } = outcome(folder, undefined, await judgeFolder(folder));
    expect(notPassed).toEqual({ 'load-achieved': 'inconclusive' });
  });

  it('with the record of one request never reported is not believed either', {
    timeout: 60_000,
  }, async () => {
    const folder = await copyRun(clean.folder);
    const columns = ['due_us', 'sent_us', 'latency_us', 'status', 'error', 'bytes_in'];
    const blank = columns.map((column) => `${column} = NULL`).join(', ');
    await editEvidence(folder, ['ledger'], [`UPDATE ledger SET ${blank} WHERE seq = 1000`]);
    const { notPassed } = outcome(folder, undefined, await judgeFolder(folder));
    expect(notPassed).toEqual({ 'load-achieved': 'inconclusive', 'degraded-as-declared': 'inconclusive' });
  });
});

describe('stripe-slow, sabotaged', () => {
  it.each<{
    what: string;
    args: () => Promise<string[]>;
    notPassed: Record<string, string>;
    /** What may turn as well, depending on the instant at which something was lost. */
    mayTurn?: string;
    stages?: string[];
  }>([
    {
      what: 'a latency threshold of 5000 instead of 1999 ms',
      args: () =>
        collector((document) =>
          document.setIn([...policy(document, 'slow'), 'latency', 'threshold_ms'], 5000),
        ),
      notPassed: { 'every-slow-trace-kept': 'fail' },
      stages: ['no-policy-keeps-it'],
    },
    {
      what: 'no policy for errors',
      args: () => collector((document) => document.deleteIn(policy(document, 'errors'))),
      notPassed: { 'every-error-kept': 'fail' },
      stages: ['no-policy-keeps-it'],
    },
    {
      what: "the exercise's own rule for health checks, which keeps 100 %",
      args: () =>
        collector((document) =>
          document.setIn(policy(document, 'no-health-checks'), {
            name: 'no-health-checks',
            type: 'string_attribute',
            string_attribute: { key: 'http.target', values: ['/health', '/ready'], invert_match: true },
          }),
        ),
      notPassed: { 'health-checks-dropped': 'fail', 'baseline-sampled-exactly': 'fail' },
      stages: [],
    },
    {
      what: '4 % instead of 5 %',
      args: () =>
        collector((document) =>
          document.setIn([...policy(document, 'the-rest'), 'probabilistic', 'sampling_percentage'], 4),
        ),
      notPassed: { 'baseline-sampled-exactly': 'fail' },
      stages: ['no-policy-keeps-it'],
    },
    {
      what: 'room for 100 traces only in the sampler',
      args: () => collector((document) => document.setIn(['processors', 'tail_sampling', 'num_traces'], 100)),
      notPassed: {
        'every-error-kept': 'fail',
        'every-slow-trace-kept': 'fail',
        'baseline-sampled-exactly': 'fail',
      },
      // A trace whose first spans were pushed out before its last ones came is decided upon by these alone.
      mayTurn: 'traces-unbroken',
      stages: ['evicted-before-decision'],
    },
    {
      what: 'a hop that drops traceparent',
      args: async () => ['--env', 'inventory-service:OTEL_PROPAGATORS=none'],
      notPassed: { 'traces-unbroken': 'fail' },
    },
    {
      what: 'no fault',
      args: async () => ['--no-fault'],
      notPassed: {
        'fault-took-hold': 'inconclusive',
        'timeout-enforced': 'inconclusive',
        'breaker-opened-and-closed': 'inconclusive',
        'cascade-contained': 'inconclusive',
        'degraded-as-declared': 'inconclusive',
        recovered: 'inconclusive',
      },
      stages: [],
    },
    {
      what: 'no time-out in payment',
      args: async () => ['--env', 'payment-service:STRIPE_TIMEOUT_MS=0'],
      notPassed: {
        'timeout-enforced': 'fail',
        'degraded-as-declared': 'fail',
        // No call failed, so the breaker had no reason to open.
        'breaker-opened-and-closed': 'inconclusive',
      },
      stages: [],
    },
    {
      what: 'a ring of 20 traces in Jaeger',
      args: async () => [
        '--jaeger-config',
        await editConfiguration('jaeger.yaml', (document) =>
          document.setIn(['extensions', 'jaeger_storage', 'backends', 'archive', 'memory', 'max_traces'], 20),
        ),
      ],
      notPassed: {
        'every-error-kept': 'fail',
        'every-slow-trace-kept': 'fail',
        'baseline-sampled-exactly': 'fail',
      },
      stages: ['evicted-by-archive'],
    },
  ])('$what', { timeout: RUN_MS }, async ({ args, notPassed, mayTurn, stages }) => {
    const sabotaged = await runScenario('stripe-slow', ...(await args()));
    const turned = Object.entries(sabotaged.notPassed).filter(([id]) => id !== mayTurn);
    expect(Object.fromEntries(turned)).toEqual(notPassed);
    const failed = Object.values(notPassed).includes('fail');
    expect(sabotaged.result.verdict).toBe(failed ? 'fail' : 'inconclusive');
    expect(sabotaged.exitCode).toBe(failed ? 1 : 3);
    if (stages) expect(sabotaged.stages).toEqual(stages);
  });
});

async function collector(edit: Parameters<typeof editConfiguration>[1]): Promise<string[]> {
  return ['--collector-config', await editConfiguration('collector.yaml', edit)];
}
