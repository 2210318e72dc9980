import { z } from 'zod';
import { defineAssertion } from './lib/define.ts';
import { describeLosses, lossFigures } from './lib/loss.ts';
import { type Sample, sampleOf } from './lib/sampled.ts';
import { promiseOf } from './lib/system.ts';
import { count, number, percent } from './lib/text.ts';

export default defineAssertion({
  id: 'baseline-sampled-exactly',
  title: 'The base rate is sampled exactly',
  promise:
    'Of the traces to which no other promise applies exactly those are kept that the promised share, by the hash of their ids, includes: not one more and not one less.',
  needs: ['ledger', 'recording', 'archive'],
  options: z.strictObject({
    /** Id of the system's sampling promise for all other traces; default: the one that applies to any. */
    promise: z.string().optional(),
    /** How near to the threshold of a slow trace one may be kept by the rule for slow ones, whose clock differs. */
    edgeMs: z.number().min(0).default(50),
  }),
  async judge(evidence, options) {
    const { id, keepPercent } = promiseOf(
      evidence,
      options.promise,
      'any trace',
      ({ when }) => when.kind === 'any',
    );
    const sample = await sampleOf(evidence, id, options.edgeMs);
    const { counts, stages, examples } = sample;
    const share = counts.total > 0 ? counts.kept / counts.total : 0;
    const common = {
      expected: `exactly ${number(counts.promised)} of ${number(counts.total)} kept, the ${number(keepPercent, 3)} % that the hash picks`,
      observed: `${number(counts.kept)} kept (${percent(share, 2)}): ${number(counts.missing)} missing, ${number(counts.surplus)} surplus`,
      figures: { ...counts, promisedPercent: keepPercent, ...lossFigures(stages) },
      examples,
    };
    const problems = [...mismatches(sample)];
    const { settled } = evidence.run;
    if (counts.promised === 0) {
      return {
        verdict: 'inconclusive',
        ...common,
        because: `${number(keepPercent, 3)} % of ${count(counts.total, 'trace')} is none: send more requests`,
      };
    }
    if (!settled.ok) {
      return {
        verdict: 'inconclusive',
        ...common,
        because: `the archive was not stable when it was read (${settled.detail}), so absence proves nothing`,
      };
    }
    if (problems.length > 0) return { verdict: 'fail', ...common, because: problems.join('; ') };
    if (counts.unpredicted > 0) {
      return {
        verdict: 'inconclusive',
        ...common,
        because: `what the Collector's configuration decides is not known for ${count(counts.unpredicted, 'trace')}`,
      };
    }
    return { verdict: 'pass', ...common };
  },
});

function* mismatches({ counts, stages, surplusPolicies }: Sample): Generator<string> {
  if (counts.configuredMissing > 0 || counts.configuredSurplus > 0) {
    const by = surplusPolicies.length > 0 ? `, kept by its policy ${surplusPolicies.join(', ')}` : '';
    yield `the Collector's configuration picks other traces than promised: ${number(counts.configuredMissing)} too few, ${number(counts.configuredSurplus)} too many${by}`;
  }
  if (counts.lostByPipeline > 0) {
    yield `${count(counts.lostByPipeline, 'trace')} that the configuration keeps not archived: ${describeLosses(stages)}`;
  }
  if (counts.keptAgainstPrediction > 0) {
    yield `${count(counts.keptAgainstPrediction, 'trace')} archived that the configuration does not keep`;
  }
  if (counts.unpredictedWrong > 0) {
    yield `${count(counts.unpredictedWrong, 'trace')} kept or lost against the promise; what the configuration decides for them is not known`;
  }
}
