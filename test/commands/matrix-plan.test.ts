import { describe, expect, it } from 'vitest';
import { planMatrix } from '../../commands/lib/matrix/plan.ts';
import { UserError } from '../../harness/errors.ts';
import baseline from '../../scenarios/baseline.ts';

const CHOICE = {
  builds: ['resilient', 'naive'],
  edges: ['gateway-to-auth', 'payment-to-stripe'],
  faults: ['down', 'reset'],
  nothing: 2,
  seed: 7,
};

describe('planMatrix', () => {
  it('begins with what the predictions are made from, then breaks every edge before the next fault', () => {
    expect(planMatrix('/runs', baseline, CHOICE).map(({ name }) => name)).toEqual([
      'resilient-nothing-1',
      'naive-nothing-1',
      'resilient-gateway-to-auth-down',
      'naive-gateway-to-auth-down',
      'resilient-payment-to-stripe-down',
      'naive-payment-to-stripe-down',
      'resilient-gateway-to-auth-reset',
      'naive-gateway-to-auth-reset',
      'resilient-payment-to-stripe-reset',
      'naive-payment-to-stripe-reset',
      'resilient-nothing-2',
      'naive-nothing-2',
    ]);
  });

  it('gives each run a folder of its own, and runs without a fault different requests', () => {
    const runs = planMatrix('/runs', baseline, CHOICE);
    expect(new Set(runs.map(({ folder }) => folder)).size).toBe(runs.length);
    expect(runs.filter(({ cell }) => cell.edge === undefined).map(({ seed }) => seed)).toEqual([7, 7, 8, 8]);
  });

  it.each([
    [{ builds: ['solid'] }, "there is no build 'solid'. There are: resilient, naive."],
    [{ edges: ['a-to-b'] }, "there is no edge 'a-to-b'. There are: gateway-to-auth,"],
    [{ faults: ['down', 'flood'] }, "there is no fault 'flood'. There are: down, blackhole,"],
  ])('refuses %o', (wrong, message) => {
    const plan = () => planMatrix('/runs', baseline, { ...CHOICE, ...wrong });
    expect(plan).toThrow(UserError);
    expect(plan).toThrow(message);
  });
});
