import { describe, expect, it } from 'vitest';
import loadAchieved from '../../assertions/load-achieved.ts';
import { type RunSpec, START_US, type Tables, traceIdOf } from '../evidence/fixture.ts';
import { saturate } from './incredible-runs.ts';
import { changed, judgeRun } from './judge-run.ts';

const sabotages: readonly [string, string, RunSpec][] = [
  [
    'a request has no record',
    '1 planned request without a record (number 7)',
    { requests: changed((_, index) => index === 7, { status: null }) },
  ],
  [
    'a row of the ledger is gone',
    '1 planned request without a record (number 7); 1 trace of requests that the ledger does not know',
    { mutate: (tables) => void tables.ledger.splice(7, 1) },
  ],
  ['a row is there twice', '1 duplicate record (number 7)', { mutate: duplicate }],
  ['two rows share a trace', '2 duplicate records (number 0, 1)', { mutate: shareTrace }],
  ['the generator lagged', 'the generator lagged: p99 250 ms above 100 ms', { mutate: late(250_000, 40) }],
  [
    'requests left after the phase was over',
    'were sent in time: lower --rate',
    { mutate: late(30_000_000, 20) },
  ],
  ['the plan had fewer requests than the rate says', 'requests/s were sent in time', { mutate: thinned }],
  ['the machine was saturated', 'the machine was saturated: 2 % idle, 10 % stolen', { mutate: busy }],
  [
    'nothing says how busy the machine was',
    'no gauge says',
    { mutate: (tables) => void tables.gauges.splice(0) },
  ],
  [
    'the gauges end long before the load',
    'no gauge says how busy the machine was all the time',
    { mutate: silence(2.5) },
  ],
  [
    'nothing was sent',
    'no request was sent in the measured phases',
    { requests: changed(() => true, { status: null }) },
  ],
];

describe('load-achieved', () => {
  it('names the phases in which the machine was saturated, though it was not on the whole', async () => {
    const finding = await judgeRun(loadAchieved.with({}), { mutate: saturate(0, 20) });
    expect(finding).toMatchObject({
      verdict: 'pass',
      observed: '400 sent, 5.7/s, lag p99 0.2 ms, CPU idle 28.9 %, in the phase baseline 1 %',
    });
  });

  it('passes when each request left once and in time', async () => {
    const finding = await judgeRun(loadAchieved.with());
    expect(finding).toMatchObject({
      verdict: 'pass',
      observed: '400 sent, 5.7/s, lag p99 0.2 ms, CPU idle 40 %',
      figures: {
        plannedRequests: 400,
        sentRequests: 400,
        missingRecords: 0,
        cpuIdlePercent: 40,
        lagP99Ms: 0.15,
      },
    });
  });

  it.each(sabotages)('is inconclusive, never a failure, when %s', async (_, because, spec) => {
    const finding = await judgeRun(loadAchieved.with(), spec);
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.because).toContain(because);
  });

  it('names the traces of missing and of unknown requests', async () => {
    const missing = await judgeRun(loadAchieved.with(), {
      requests: changed((_, index) => index === 7, { status: null }),
    });
    expect(missing.examples).toEqual([traceIdOf(7)]);
    const unknown = await judgeRun(loadAchieved.with(), {
      mutate: (tables) => void tables.ledger.splice(9, 1),
    });
    expect(unknown.examples).toEqual([traceIdOf(9)]);
  });

  it('leaves the lag of the warm-up out', async () => {
    const requests = changed((_, index) => index < 20, { phase: 'warmup' });
    const finding = await judgeRun(loadAchieved.with({ minRatePercent: 90 }), {
      requests,
      mutate({ ledger }) {
        for (const row of ledger) {
          if (row.phase === 'warmup' && row.sent_us !== null) row.sent_us += 900_000;
        }
      },
    });
    expect(finding).toMatchObject({ verdict: 'pass', figures: { lagP99Ms: 0.15 } });
  });
});

function duplicate({ ledger }: Tables): void {
  const row = ledger[7];
  if (row) ledger.push({ ...row });
}

function shareTrace({ ledger }: Tables): void {
  const [first, second] = ledger;
  if (first && second) second.trace_id = first.trace_id;
}

/** Makes the last requests of the baseline leave late. */
function late(byUs: number, amount: number): (tables: Tables) => void {
  return ({ ledger }) => {
    for (const row of ledger.filter(({ phase }) => phase === 'baseline').slice(-amount)) {
      if (row.sent_us !== null) row.sent_us += byUs;
    }
  };
}

/** Every second request is missing from the plan itself. */
function thinned({ ledger }: Tables): void {
  const half = ledger.filter((_, index) => index % 2 === 0).map((row, seq) => ({ ...row, seq }));
  ledger.splice(0, ledger.length, ...half);
}

function busy({ gauges }: Tables): void {
  const share = { busy: 1.76, idle: 0.04, steal: 0.2 };
  for (const row of gauges.filter(({ metric }) => metric === 'cpu_seconds')) {
    const { mode }: { mode: keyof typeof share } = JSON.parse(row.labels);
    row.value = ((row.at_us - (gauges[0]?.at_us ?? 0)) / 1e6) * share[mode];
  }
}

/** No gauge from a second of the run on. */
function silence(second: number): (tables: Tables) => void {
  return (tables) => {
    tables.gauges = tables.gauges.filter(({ at_us }) => at_us < START_US + second * 1e6);
  };
}
