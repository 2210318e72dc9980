import { z } from 'zod';
import type { Evidence } from '../harness/contracts.ts';
import { type Breach, conclude } from './lib/conclude.ts';
import { defineAssertion } from './lib/define.ts';
import { type FallbackCounts, fallbackUse } from './lib/fallback.ts';
import { faultWindows } from './lib/phases.ts';
import { blameMachine, saturation } from './lib/saturation.ts';
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
    'What the primary does not answer under the fault the fallback answers, but for a stated share; it is not called when the primary had a good answer, nor before the fault in place of a primary that nobody asked.',
  needs: ['recording'],
  options,
  async judge(evidence, bounds) {
    checkEdge(evidence, bounds.primary, 'primary');
    checkEdge(evidence, bounds.fallback, 'fallback');
    const { span, primary, fallback, minRescuedPercent, maxUnneeded } = bounds;
    const { examples, unaskedBefore, ...counts } = await fallbackUse(evidence, { span, primary, fallback });
    const { needed, rescued, unneeded, unneededBefore } = counts;
    const wasSaturated = await saturation(evidence);
    const unasked = {
      count: unaskedBefore.length,
      isExcused: unaskedBefore.every(({ startUs, endUs }) => wasSaturated(startUs, endUs)),
    };
    return {
      ...conclude([...breachesOf(counts, unasked, bounds)], [...untested(evidence, counts, bounds)]),
      expected: `${fallback} answers at least ${number(minRescuedPercent, 2)} % of what ${primary} does not; at most ${number(maxUnneeded)} calls of it that were not needed, none before the fault`,
      observed: `needed in ${number(needed)} of ${count(counts.traces, 'trace')}, ${number(rescued)} rescued; not needed but called in ${number(unneeded)}, before the fault in ${number(unneededBefore + unasked.count)}`,
      figures: {
        ...counts,
        unaskedBefore: unasked.count,
        stranded: needed - rescued,
        rescuedPercent: needed === 0 ? null : round((rescued / needed) * 100),
      },
      examples,
    };
  },
});

function* breachesOf(
  { needed, rescued, unneeded, unneededBefore }: FallbackCounts,
  unasked: { readonly count: number; readonly isExcused: boolean },
  { primary, fallback, minRescuedPercent, maxUnneeded }: Options,
): Generator<Breach> {
  if (isBelow(rescued, needed, minRescuedPercent)) {
    const text = `${count(needed - rescued, 'trace')} without a good answer of ${primary} and none of ${fallback} (${percent(rescued / needed, 2)} rescued): call it whenever the primary fails`;
    yield { text };
  }
  if (unneeded > maxUnneeded) {
    const text = `${fallback} was called in ${count(unneeded, 'trace')} though ${primary} had a good answer, allowed ${number(maxUnneeded)}`;
    yield { text };
  }
  if (unneededBefore > 0) {
    const text = `${fallback} was called in ${count(unneededBefore, 'trace')} before the fault though ${primary} had a good answer`;
    yield { text };
  }
  if (unasked.count > 0) {
    const text = `${fallback} was called in ${count(unasked.count, 'trace')} before the fault though nobody had asked ${primary}: look for what holds calls back, such as a breaker or a bulkhead that is too small`;
    yield { text, doubt: unasked.isExcused ? blameMachine('while they were under way') : undefined };
  }
}

function* untested(
  evidence: Evidence,
  { traces, needed }: FallbackCounts,
  { span, primary }: Options,
): Generator<string> {
  const when = faultWindows(evidence).length > 0 ? 'while the fault was in force' : 'in the measured phases';
  if (traces === 0) yield `no span '${span}' began ${when}`;
  else if (needed === 0)
    yield `${primary} had a good answer in each of ${count(traces, 'trace')} ${when}, so no fallback was needed`;
}
