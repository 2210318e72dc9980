import { z } from 'zod';
import { one, traceIds } from '../analysis/lib/query.ts';
import { type MachineUse, machineUse } from '../analysis/machine-use.ts';
import type { Evidence } from '../harness/contracts.ts';
import { credibility } from './lib/credible.ts';
import { defineAssertion } from './lib/define.ts';
import { type LedgerGaps, ledgerGaps } from './lib/ledger.ts';
import { measuredPhases, spanOf } from './lib/phases.ts';
import { count, ms, number, percent, round } from './lib/text.ts';

const options = z.strictObject({
  /** Share of the planned rate that must have been sent in time, in percent. */
  minRatePercent: z.number().min(0).max(100).default(99),
  ...credibility,
});

type Options = z.output<typeof options>;

interface Sent {
  /** Requests sent per second of the measured phases, those that left too late not counted. */
  readonly rate: number | null;
  readonly sent: number;
  readonly lagP99Us: number | null;
  readonly lagMaxUs: number | null;
}

export default defineAssertion({
  id: 'load-achieved',
  title: 'The load was as planned',
  promise:
    'Every planned request has one record, the rate was reached, the generator did not lag, and the machine was not saturated. A run of which that is not true is not believed.',
  needs: ['ledger', 'gauges'],
  options,
  async judge(evidence, bounds) {
    const gaps = await ledgerGaps(evidence);
    const sent = await sentInTime(evidence, bounds);
    const span = spanOf(measuredPhases(evidence));
    const machine = span && (await machineUse(evidence, span.startUs, span.endUs));
    const { rate, planned } = evidence.run.load;
    const problems = [...gapProblems(gaps), ...loadProblems(evidence, bounds, sent, machine)];
    const common = {
      expected: `${count(planned, 'request')}, one record each, at ${number(rate, 1)}/s or at least ${number(bounds.minRatePercent, 1)} % of it, lag p99 <= ${number(bounds.maxLagMs)} ms, CPU idle >= ${number(bounds.minIdlePercent, 1)} %`,
      observed: [
        `${number(sent.sent)} sent`,
        sent.rate === null ? 'no rate' : `${number(sent.rate, 1)}/s`,
        sent.lagP99Us === null ? 'no lag measured' : `lag p99 ${ms(sent.lagP99Us)}`,
        machine ? `CPU idle ${percent(machine.idle)}` : 'CPU idle unknown',
        ...(await saturatedPhases(evidence, bounds)),
      ].join(', '),
      figures: {
        plannedRequests: planned,
        sentRequests: sent.sent,
        missingRecords: gaps.missing,
        duplicateRecords: gaps.duplicate,
        foreignTraces: gaps.foreign,
        plannedRate: rate,
        achievedRate: sent.rate === null ? null : round(sent.rate),
        lagP99Ms: sent.lagP99Us === null ? null : round(sent.lagP99Us / 1000),
        lagMaxMs: sent.lagMaxUs === null ? null : round(sent.lagMaxUs / 1000),
        cpuIdlePercent: machine ? round(machine.idle * 100) : null,
        cpuStealPercent: machine ? round(machine.steal * 100) : null,
      },
      examples: [...(await missingTraces(evidence, gaps)), ...gaps.foreignIds].slice(0, 10),
    };
    return problems.length === 0
      ? { verdict: 'pass', ...common }
      : { verdict: 'inconclusive', ...common, because: problems.join('; ') };
  },
});

/** The phases in which the machine was saturated, though it was not on the whole: what was slow in them is not believed. */
async function saturatedPhases(evidence: Evidence, { minIdlePercent }: Options): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, startUs, endUs } of measuredPhases(evidence)) {
    const use = await machineUse(evidence, startUs, endUs);
    if (use && use.idle * 100 < minIdlePercent) found.push(`in the phase ${name} ${percent(use.idle)}`);
  }
  return found;
}

/**
 * A phase lasts from its first due time to one interval after its last; a request counts in it when it left before
 * that end plus the allowed lag. So neither a driver that plans too few nor one that sends too late looks right.
 */
function sentInTime(evidence: Evidence, { maxLagMs }: Options): Promise<Sent> {
  return one<Sent>(
    evidence,
    `WITH changes AS (
            SELECT *, CAST(phase IS DISTINCT FROM lag(phase) OVER (ORDER BY seq) AS INTEGER) AS changed
            FROM ledger WHERE phase <> 'warmup'),
          -- With several blocks a phase is there several times.
          measured AS (
            SELECT *, sum(changed) OVER (ORDER BY seq RANGE UNBOUNDED PRECEDING) AS stretch FROM changes),
          ends AS (
            SELECT stretch, min(due_us) AS first_us, max(due_us) + 1e6 / $rate AS end_us
            FROM measured GROUP BY stretch),
          sent AS (
            SELECT count(*) AS n FROM measured m JOIN ends e ON e.stretch = m.stretch
            WHERE m.sent_us <= e.end_us + $lag_us)
     SELECT (SELECT n FROM sent) * 1e6 / (SELECT CAST(sum(end_us - first_us) AS DOUBLE) FROM ends) AS rate,
            (SELECT count(sent_us) FROM ledger) AS sent,
            quantile_cont(CAST(sent_us - due_us AS DOUBLE), 0.99) AS "lagP99Us",
            max(sent_us - due_us) AS "lagMaxUs"
     FROM measured`,
    { rate: evidence.run.load.rate, lag_us: maxLagMs * 1000 },
  );
}

function* gapProblems(gaps: LedgerGaps): Generator<string> {
  if (gaps.missing > 0) {
    yield `${count(gaps.missing, 'planned request')} without a record (number ${gaps.missingSeqs.join(', ')})`;
  }
  if (gaps.duplicate > 0) {
    yield `${count(gaps.duplicate, 'duplicate record')} (number ${gaps.duplicateSeqs.join(', ')})`;
  }
  if (gaps.foreign > 0) {
    yield `${count(gaps.foreign, 'trace')} of requests that the ledger does not know (${gaps.foreignIds.join(', ')})`;
  }
}

function* loadProblems(
  evidence: Evidence,
  bounds: Options,
  sent: Sent,
  machine: MachineUse | undefined,
): Generator<string> {
  const { rate } = evidence.run.load;
  if (sent.rate === null || sent.lagP99Us === null) {
    yield 'no request was sent in the measured phases';
    return;
  }
  if (sent.rate < (rate * bounds.minRatePercent) / 100) {
    yield `only ${number(sent.rate, 1)} of ${number(rate, 1)} requests/s were sent in time: lower --rate or use a faster machine`;
  }
  if (sent.lagP99Us > bounds.maxLagMs * 1000) {
    yield `the generator lagged: p99 ${ms(sent.lagP99Us)} above ${number(bounds.maxLagMs)} ms`;
  }
  if (!machine) {
    yield 'no gauge says how busy the machine was all the time';
  } else if (machine.idle * 100 < bounds.minIdlePercent) {
    yield `the machine was saturated: ${percent(machine.idle)} idle, ${percent(machine.steal)} stolen by other virtual machines; lower --rate`;
  }
}

/** The plan's trace ids of the requests that have a row but no record. */
function missingTraces(evidence: Evidence, gaps: LedgerGaps): Promise<string[]> {
  if (gaps.missing === 0) return Promise.resolve([]);
  return traceIds(
    evidence,
    'SELECT trace_id FROM ledger WHERE status IS NULL OR sent_us IS NULL ORDER BY seq',
  );
}
