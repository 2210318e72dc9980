import { z } from 'zod';
import type { RunRecord } from '../harness/contracts.ts';
import { defineAssertion } from './lib/define.ts';
import { number } from './lib/text.ts';

/** Lines of the dead part's log that a finding shows. */
const LOG_LINES = 10;

export default defineAssertion({
  id: 'parts-stayed-up',
  title: 'Every part stayed up',
  promise: 'No service of the system ends by itself during the run.',
  // The record of the run alone, so that it can still be judged when a part died and evidence is missing.
  needs: [],
  options: z.strictObject({}),
  async judge({ run }) {
    const { problem, status } = run;
    const services = Object.keys(run.system.services).length;
    const common = {
      expected: `all ${number(services)} services and the parts around them up until the end`,
      figures: { services, part: problem?.part ?? null, partKind: problem?.partKind ?? null },
      examples: [],
    };
    if (status === 'completed') return { verdict: 'pass', ...common, observed: 'all stayed up' };
    if (status === 'interrupted') {
      return {
        verdict: 'inconclusive',
        ...common,
        observed: 'the run was interrupted',
        because: 'the run was interrupted before its end: run it again',
      };
    }
    if (!problem) {
      return {
        verdict: 'inconclusive',
        ...common,
        observed: 'the run broke off',
        because: 'the run broke off and its record does not say why',
      };
    }
    // A part of the harness' own that died says nothing of the system under test.
    return {
      verdict: problem.partKind === 'service' ? 'fail' : 'inconclusive',
      ...common,
      observed: `${problem.part} (${problem.partKind}) died`,
      because: `${problem.message}; ${lastLines(problem)}`,
    };
  },
});

function lastLines({ logTail }: NonNullable<RunRecord['problem']>): string {
  const lines = logTail.trimEnd().split('\n').slice(-LOG_LINES);
  return logTail.trim() === '' ? 'its log is empty' : `its log ends:\n${lines.join('\n')}`;
}
