import { z } from 'zod';
import { traceIds } from '../analysis/lib/query.ts';
import type { Evidence, Figures } from '../harness/contracts.ts';
import { conclude } from './lib/conclude.ts';
import { defineAssertion } from './lib/define.ts';
import { measuredPhases } from './lib/phases.ts';
import { count, number, percent, round } from './lib/text.ts';
import { allowanceOf, checkEstimate, type Row, rowSchema } from './lib/volume.ts';

const SECONDS_A_DAY = 86_400;

const options = z.strictObject({
  /** The estimate, a row for each sampling promise. */
  rows: z
    .array(rowSchema)
    .min(1)
    .refine((rows) => new Set(rows.map(({ promise }) => promise)).size === rows.length, {
      error: 'name each promise once',
    }),
  /** How far the observed volume of a promise may be from its estimate, in percent of it. */
  tolerancePercent: z.number().min(0).lt(100).default(20),
  /** Requests per second for which the estimate is made; it is scaled to the rate of the run. */
  atRate: z.number().positive().default(1000),
});

interface Volume extends Row {
  readonly expectedPerS: number;
  readonly observedPerS: number;
  /** How far they may be apart. */
  readonly allowedPerS: number;
  /** Share of the requests to which the promise applied; null without requests. */
  readonly observedShare: number | null;
  readonly isSignificant: boolean;
}

export default defineAssertion({
  id: 'volume-as-estimated',
  title: 'The volume of traces is as estimated',
  promise:
    'As many traces per second are kept, promise by promise, as the estimate for this rate says, within a stated tolerance.',
  needs: ['ledger', 'recording', 'archive'],
  options,
  async judge(evidence, { rows, tolerancePercent, atRate }) {
    for (const row of rows) checkEstimate(evidence, row, atRate);
    const seconds = measuredSeconds(evidence);
    const counts = await keptByPromise(evidence);
    const requests = counts.reduce((sum, each) => sum + each.requests, 0);
    const perS = (kept: number): number => (seconds === 0 ? 0 : kept / seconds);
    const volumes = rows.map((row): Volume => {
      const found = counts.find(({ promise }) => promise === row.promise);
      const expectedPerS = (row.perS * evidence.run.load.rate) / atRate;
      return {
        ...row,
        expectedPerS,
        observedPerS: perS(found?.kept ?? 0),
        ...allowanceOf(expectedPerS, seconds, tolerancePercent),
        observedShare: requests === 0 ? null : (found?.requests ?? 0) / requests,
      };
    });
    const expectedPerS = volumes.reduce((sum, volume) => sum + volume.expectedPerS, 0);
    const observedPerS = perS(counts.reduce((sum, each) => sum + each.kept, 0));
    const reasons = [...untested(evidence, seconds, requests)];
    const off = volumes.filter(isOff);
    return {
      ...conclude(reasons.length > 0 ? [] : off.map((volume) => ({ text: describeBreach(volume) })), [
        ...reasons,
        ...volumes.flatMap((volume) => [...tooFew(volume, seconds)]),
      ]),
      expected: `${volumes.map((volume) => `${volume.promise} ${number(volume.expectedPerS, 2)}`).join(', ')} traces/s kept, within ${number(tolerancePercent, 1)} %; in all ${perDay(expectedPerS)}`,
      observed: `${volumes.map((volume) => `${volume.promise} ${number(volume.observedPerS, 2)}`).join(', ')} traces/s kept; in all ${perDay(observedPerS)}`,
      figures: {
        ...Object.assign({}, ...volumes.map(figuresOf)),
        measuredS: round(seconds),
        'total.expectedPerS': round(expectedPerS),
        'total.observedPerS': round(observedPerS),
        'total.expectedPerDay': Math.round(expectedPerS * SECONDS_A_DAY),
        'total.observedPerDay': Math.round(observedPerS * SECONDS_A_DAY),
      },
      examples: await keptTraces(
        evidence,
        off.map(({ promise }) => promise),
      ),
    };
  },
});

function measuredSeconds(evidence: Evidence): number {
  return measuredPhases(evidence).reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1e6, 0);
}

/** Requests of the measured phases and the traces of them that are kept whole, by promise; null = none is known to apply. */
function keptByPromise(
  evidence: Evidence,
): Promise<{ promise: string | null; requests: number; kept: number }[]> {
  return evidence.query(
    `SELECT promise, count(DISTINCT trace_id) AS requests,
            count(DISTINCT trace_id) FILTER (WHERE observed = 'whole') AS kept
     FROM fate WHERE phase <> 'warmup' GROUP BY promise`,
  );
}

function keptTraces(evidence: Evidence, promises: readonly string[]): Promise<string[]> {
  return traceIds(
    evidence,
    `SELECT trace_id FROM fate
     WHERE phase <> 'warmup' AND observed = 'whole' AND promise IN (SELECT unnest(from_json($promises, '["VARCHAR"]')))
     GROUP BY trace_id ORDER BY min(seq)`,
    { promises: JSON.stringify(promises) },
  );
}

function* untested({ run }: Evidence, seconds: number, requests: number): Generator<string> {
  if (!run.settled.ok)
    yield `the archive was not stable when it was read (${run.settled.detail}), so what is kept is not known`;
  if (seconds === 0 || requests === 0) yield 'there was no request in the measured phases';
}

/** When even none at all would be within the spread of chance, the number says nothing. */
function* tooFew({ promise, expectedPerS, isSignificant }: Volume, seconds: number): Generator<string> {
  if (expectedPerS > 0 && !isSignificant)
    yield `only ${count(Math.round(expectedPerS * seconds), 'trace')} of ${promise} expected in ${number(seconds)} s, too few to tell from none: raise --rate or make the phases longer`;
}

function isOff({ expectedPerS, observedPerS, allowedPerS }: Volume): boolean {
  return Math.abs(observedPerS - expectedPerS) > allowedPerS + 1e-9;
}

function describeBreach(volume: Volume): string {
  const { promise, expectedPerS, observedPerS, allowedPerS, observedShare, sharePercent } = volume;
  const share = observedShare === null ? '' : ` of ${percent(observedShare, 2)} of the requests`;
  return `${promise} ${number(observedPerS, 2)} traces/s kept${share}, estimated ${number(expectedPerS, 2)} of ${number(sharePercent, 2)} %, allowed +-${number(allowedPerS, 2)}`;
}

function perDay(perS: number): string {
  return `${number(perS, 1)}/s, ${number(perS * SECONDS_A_DAY)} a day`;
}

function figuresOf(volume: Volume): Figures {
  const { promise, expectedPerS, observedPerS, allowedPerS, observedShare } = volume;
  return {
    [`${promise}.expectedPerS`]: round(expectedPerS),
    [`${promise}.observedPerS`]: round(observedPerS),
    [`${promise}.allowedPerS`]: round(allowedPerS),
    [`${promise}.observedSharePercent`]: observedShare === null ? null : round(observedShare * 100),
  };
}
