import { z } from 'zod';
import type { Evidence, Finding } from '../harness/contracts.ts';
import { conclude } from './lib/conclude.ts';
import { defineAssertion } from './lib/define.ts';
import { type FallbackUse, fallbackUse } from './lib/fallback.ts';
import { faultWindows } from './lib/phases.ts';
import { isBelow } from './lib/share.ts';
import { checkEdge } from './lib/system.ts';
import { count, number, percent, round } from './lib/text.ts';

const options = z.strictObject({
  /** Name of the span in which the primary is called and, when that fails, the fallback. */
  span: z.string(),
  /** The edges to either. */
  primary: z.string(),
  fallback: z.string(),
  /** Share of the traces without a good answer of the primary that the fallback must have answered, in percent. */
  minRescuedPercent: z.number().min(0).max(100).default(99),
  /** Traces under the fault in which it may be called though the primary had a good answer. */
  maxUnneeded: z.number().int().min(0).default(0),
});

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'fallback-used',
  title: 'The fallback is used when it is needed, and only then',
  promise:
    'What the primary does not answer under the fault the fallback answers, but for a stated share, and it is not called when the primary had a good answer.',
  needs: ['recording'],
  options,
  async judge(evidence, bounds) {
    checkEdge(evidence, bounds.primary, 'primary');
    checkEdge(evidence, bounds.fallback, 'fallback');
    const { span, primary, fallback, minRescuedPercent, maxUnneeded } = bounds;
    const { examples, ...counts } = await fallbackUse(evidence, { span, primary, fallback });
    const { needed, rescued, unneeded, unneededBefore } = counts;
    return {
      ...judged(evidence, counts, bounds),
      expected: `${fallback} answers at least ${number(minRescuedPercent, 2)} % of what ${primary} does not; at most ${number(maxUnneeded)} calls of it that were not needed, none before the fault`,
      observed: `needed in ${number(needed)} of ${count(counts.traces, 'trace')}, ${number(rescued)} rescued; not needed but called in ${number(unneeded)}, before the fault in ${number(unneededBefore)}`,
      figures: {
        ...counts,
        stranded: needed - rescued,
        rescuedPercent: needed === 0 ? null : round((rescued / needed) * 100),
      },
      examples,
    };
  },
});

type Counts = Omit<FallbackUse, 'examples'>;

function judged(evidence: Evidence, counts: Counts, bounds: Options): Pick<Finding, 'verdict' | 'because'> {
  return conclude(
    [...breachesOf(counts, bounds)].map((text) => ({ text })),
    [...untested(evidence, counts, bounds)],
  );
}

function* breachesOf(
  { needed, rescued, unneeded, unneededBefore }: Counts,
  { primary, fallback, minRescuedPercent, maxUnneeded }: Options,
): Generator<string> {
  if (isBelow(rescued, needed, minRescuedPercent)) {
    yield `${count(needed - rescued, 'trace')} without a good answer of ${primary} and none of ${fallback} (${percent(rescued / needed, 2)} rescued): call it whenever the primary fails`;
  }
  if (unneeded > maxUnneeded) {
    yield `${fallback} was called in ${count(unneeded, 'trace')} though ${primary} had a good answer, allowed ${number(maxUnneeded)}`;
  }
  if (unneededBefore > 0) {
    yield `${fallback} was called in ${count(unneededBefore, 'trace')} before the fault though ${primary} had a good answer`;
  }
}

function* untested(
  evidence: Evidence,
  { traces, needed }: Counts,
  { span, primary }: Options,
): Generator<string> {
  const when = faultWindows(evidence).length > 0 ? 'while the fault was in force' : 'in the measured phases';
  if (traces === 0) yield `no span '${span}' began ${when}`;
  else if (needed === 0)
    yield `${primary} had a good answer in each of ${count(traces, 'trace')} ${when}, so no fallback was needed`;
}
