import { describe, expect, it } from 'vitest';
import type { RouteOutcome } from '../../analysis/matrix/outcome.ts';
import { assemble } from '../../commands/lib/matrix/assemble.ts';
import type { Evaluated } from '../../commands/lib/matrix/evaluate.ts';
import { planMatrix } from '../../commands/lib/matrix/plan.ts';
import { matrixMarkdown, matrixText } from '../../commands/lib/matrix/text.ts';
import baseline from '../../scenarios/baseline.ts';

const ROUTES = baseline.system.traffic.map(({ id }) => id);
const LENGTH = { rate: 60, phases: { warmupS: 4, baselineS: 8, faultS: 8, recoveryS: 5 } };
const RUNS = planMatrix('/runs', baseline, {
  builds: ['resilient', 'naive'],
  edges: ['gateway-to-auth', 'payment-to-backup'],
  faults: ['down'],
  nothing: 1,
  seed: 1,
});

function evaluated(order: RouteOutcome['outcome'], suspects: readonly string[], held = true): Evaluated {
  const route = (id: string): RouteOutcome => ({
    route: id,
    outcome: id === 'order' ? order : 'unaffected',
    goodputRatio: id === 'order' && order === 'failed' ? 0 : 1,
    because: 'as counted',
  });
  return {
    died: null,
    outcomes: { held, routes: ROUTES.map(route) },
    calls: 100,
    suspects: { recording: [...suspects], archive: null },
    predictions: [],
  };
}

const matrix = assemble({
  scenario: baseline,
  length: LENGTH,
  runs: RUNS,
  evaluated: new Map<string, Evaluated>([
    [
      'naive-nothing-1',
      {
        ...evaluated('unaffected', [], false),
        predictions: ROUTES.map((route) => ({
          route,
          edge: 'gateway-to-auth',
          fault: 'down',
          outcome: 'unaffected',
          path: [],
          because: 'as it was seen',
        })),
      },
    ],
    ['resilient-gateway-to-auth-down', evaluated('unaffected', ['gateway-to-auth'])],
    [
      'naive-gateway-to-auth-down',
      { ...evaluated('failed', ['order-to-payment']), died: 'auth-service died' },
    ],
  ]),
  inVain: new Map([['naive-payment-to-backup-down', 'nobody called it']]),
});

describe('assemble', () => {
  it('has a cell for each run with a fault, in the order of the edges', () => {
    expect(matrix.cells.map(({ build, edge, run }) => [build, edge, run])).toEqual([
      ['resilient', 'gateway-to-auth', 'resilient-gateway-to-auth-down'],
      ['naive', 'gateway-to-auth', 'naive-gateway-to-auth-down'],
      ['resilient', 'payment-to-backup', null],
      ['naive', 'payment-to-backup', null],
    ]);
    expect(matrix.cells.map(({ blastRadius }) => blastRadius)).toEqual([
      { hit: 0, known: 4, routes: 4 },
      { hit: 1, known: 4, routes: 4 },
      { hit: 0, known: 0, routes: 0 },
      { hit: 0, known: 0, routes: 4 },
    ]);
  });

  it('has unknown outcomes where a run would be in vain, and none where it is only not made', () => {
    const [, , unmade, vain] = matrix.cells;
    expect(unmade?.routes).toEqual([]);
    expect(vain?.routes.map(({ outcome, because }) => [outcome, because])).toEqual(
      ROUTES.map(() => ['unknown', 'nobody called it']),
    );
  });

  it('compares with the predictions of the same build alone', () => {
    expect(matrix.agreement).toMatchObject([
      { build: 'resilient', compared: 0 },
      { build: 'naive', compared: 4, agreed: 3, touchAgreed: 3 },
    ]);
  });

  it('scores the root cause over the runs with and without a fault', () => {
    expect(matrix.rootCause).toMatchObject({
      recording: {
        cases: 3,
        withoutFault: 1,
        top1: { hits: 2 },
        misses: [{ run: 'naive-gateway-to-auth-down' }],
      },
      archive: null,
    });
  });
});

describe('matrixText and matrixMarkdown', () => {
  it('say outcome and goodput, what was predicted otherwise, what died and what is missing', () => {
    expect(matrixText(matrix, 120)).toMatchInlineSnapshot(`
      "build resilient
      edge             fault  product-list     product-page     order            health           routes hit
      gateway-to-auth  down   unaffected 1.00  unaffected 1.00  unaffected 1.00  unaffected 1.00      0 of 4

      build naive
      edge               fault  product-list     product-page     order          health           routes hit
      gateway-to-auth    down   unaffected 1.00  unaffected 1.00  failed 0.00 *  unaffected 1.00      1 of 4
      payment-to-backup  down   unknown          unknown          unknown        unknown                   -

      1 of 4 cells are not made yet

      Services that ended by themselves under a fault:
        naive-gateway-to-auth-down: auth-service died

      naive: 3 of 4 outcomes as predicted (75 %, 95 % interval 30.1 % to 95.4 %); touched or not: 3 of 4 (75 %)

      Root cause from the recording: first 2 of 3 (66.7 %, 95 % interval 20.8 % to 93.9 %), among the first three 2 of 3 (66.7 %, 95 % interval 20.8 % to 93.9 %); 1 of the cases are runs without a fault
        not found: naive-gateway-to-auth-down, suspected order-to-payment"
    `);
    expect(matrixMarkdown(matrix)).toContain(
      '| gateway-to-auth | down | unaffected 1.00 | unaffected 1.00 | failed 0.00 * | unaffected 1.00 | 1 of 4 |',
    );
  });
});
