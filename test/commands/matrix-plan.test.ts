import { describe, expect, it } from 'vitest';
import { BELOW_SHARE, FAULTS } from '../../analysis/risks/outcomes.ts';
import { planMatrix } from '../../commands/lib/matrix/plan.ts';
import { UserError } from '../../harness/errors.ts';
import baseline from '../../scenarios/baseline.ts';
import { MATRIX_FAULTS, matrixFault } from '../../scenarios/lib/matrix.ts';

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

  it('plans what is named twice once', () => {
    const twice = { ...CHOICE, edges: [...CHOICE.edges, ...CHOICE.edges], faults: ['down', 'down', 'reset'] };
    expect(planMatrix('/runs', baseline, twice)).toEqual(planMatrix('/runs', baseline, CHOICE));
  });

  it('gives each run a folder of its own, and runs without a fault different requests', () => {
    const runs = planMatrix('/runs', baseline, CHOICE);
    expect(new Set(runs.map(({ folder }) => folder)).size).toBe(runs.length);
    expect(runs.filter(({ cell }) => cell.edge === undefined).map(({ seed }) => seed)).toEqual([7, 7, 8, 8]);
  });

  it('makes the very faults that are predicted', () => {
    expect(MATRIX_FAULTS).toEqual(FAULTS);
    const { system } = baseline;
    const edge = system.edges.find(({ timeoutMs }) => timeoutMs !== undefined);
    const { parameters } = matrixFault(system, edge?.id ?? '', 'latency-below');
    expect(parameters['latencyMs']).toBe(Math.round((edge?.timeoutMs ?? 0) * BELOW_SHARE));
  });

  it.each([
    [{ builds: ['solid'] }, "there is no build 'solid'. There are: resilient, naive."],
    [{ edges: ['a-to-b'] }, "there is no edge 'a-to-b'. There are: gateway-to-auth,"],
    [{ builds: [] }, 'no build is named. There are: resilient, naive.'],
    [{ edges: [] }, 'no edge is named. There are: gateway-to-auth,'],
    [{ faults: [] }, 'no fault is named. There are: down, blackhole,'],
    [{ faults: ['down', 'flood'] }, "there is no fault 'flood'. There are: down, blackhole,"],
  ])('refuses %o', (wrong, message) => {
    const plan = () => planMatrix('/runs', baseline, { ...CHOICE, ...wrong });
    expect(plan).toThrow(UserError);
    expect(plan).toThrow(message);
  });
});
