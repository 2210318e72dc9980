import { z } from 'zod';
import { defineAssertion } from './lib/define.ts';
import { judgeKept } from './lib/kept.ts';
import { promiseOf } from './lib/system.ts';

export default defineAssertion({
  id: 'every-error-kept',
  title: 'Every trace with an error is kept',
  promise:
    'Each trace with an error is in the archive, whole; one that is not is named with the stage that lost it.',
  needs: ['ledger', 'recording', 'archive'],
  options: z.strictObject({
    /** Id of the system's sampling promise for errors; default: the first that keeps all of them. */
    promise: z.string().optional(),
  }),
  async judge(evidence, options) {
    const promise = promiseOf(
      evidence,
      options.promise,
      'keeping every error',
      ({ when, keepPercent }) => when.kind === 'error' && keepPercent === 100,
    );
    return judgeKept(evidence, {
      where: 'promise = $promise',
      parameters: { promise: promise.id },
      noun: 'error trace',
    });
  },
});
