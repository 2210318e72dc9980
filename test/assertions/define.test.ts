import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAssertion } from '../../assertions/lib/define.ts';
import timeoutEnforced from '../../assertions/timeout-enforced.ts';
import type { Evidence } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';

const assertion = defineAssertion({
  id: 'sample',
  title: 'A sample',
  promise: 'It says what it was told.',
  needs: ['ledger'],
  options: z.strictObject({ limit: z.number().positive().default(5), name: z.string().optional() }),
  judge: async (_evidence, options) => ({
    verdict: 'pass',
    expected: '',
    observed: JSON.stringify(options),
    figures: {},
    examples: [],
  }),
});
const noEvidence = {} as Evidence;

describe('defineAssertion', () => {
  it('fills in defaults, and gives them to run.json and to the judge alike', async () => {
    const bound = assertion.with();
    expect(bound).toMatchObject({
      id: 'sample',
      title: 'A sample',
      needs: ['ledger'],
      options: { limit: 5 },
    });
    expect((await bound.judge(noEvidence)).observed).toBe('{"limit":5}');
  });

  it('binds again from what it stored', () => {
    const { options } = assertion.with({ limit: 7, name: 'x' });
    expect(assertion.options.parse(JSON.parse(JSON.stringify(options)))).toEqual({ limit: 7, name: 'x' });
  });

  it.each([
    ['a wrong value', { limit: -1 }, 'limit'],
    ['an unknown option', { limt: 1 }, 'limt'],
  ])('rejects %s, and names it', (_, options, named) => {
    const wrong = (): unknown => assertion.with(options as object);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(`options of assertion 'sample'`);
    expect(wrong).toThrow(named);
  });

  it('does not let needed options be left out', () => {
    // @ts-expect-error: edge and timeoutMs have no default.
    expect(() => timeoutEnforced.with()).toThrow(/edge[\s\S]*timeoutMs/);
  });
});
