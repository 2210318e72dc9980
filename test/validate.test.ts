import { describe, expect, it } from 'vitest';
import { killed } from '../faults/killed.ts';
import type { Fault, PartFault, Scenario } from '../harness/contracts.ts';
import { validate, warnings } from '../harness/validate.ts';
import stripeSlow from '../scenarios/stripe-slow.ts';

const changed = (change: Partial<Scenario>): Scenario => ({ ...stripeSlow, ...change });

describe('validate', () => {
  it('accepts the scenario that ships', () => {
    expect(() => validate(stripeSlow, 'stripe-slow')).not.toThrow();
  });

  it('reports everything that is wrong at once, each with its place', () => {
    const [first] = stripeSlow.faults;
    if (!first) throw new Error('stripe-slow has no fault');
    const broken = changed({
      load: { rate: 0, timeoutMs: 10_000 },
      phases: { warmupS: 0, baselineS: 0, faultS: 30, recoveryS: 20 },
      faults: [{ ...first, on: 'payment-to-strip', until: 1.5 }],
      assertions: [],
    });
    const run = (): void => validate(broken, 'broken');
    expect(run).toThrow(/5 thing\(s\) to mend/);
    expect(run).toThrow(/load\.rate is 0/);
    expect(run).toThrow(/phases\.baselineS is 0/);
    expect(run).toThrow(/'payment-to-strip', which is no edge of .*payment-to-stripe/);
    expect(run).toThrow(/faults\[0\] lasts from 0 to 1.5 of/);
    expect(run).toThrow(/assertions is empty/);
  });

  it('takes faults on edges of the pipeline and on its parts, each for its own kind', () => {
    const [first] = stripeSlow.faults;
    if (!first) throw new Error('stripe-slow has no fault');
    const on = (place: string, fault: Fault | PartFault = first.fault) =>
      changed({ faults: [{ on: place, fault }] });
    expect(() => validate(on('services-to-collector'), 'otlp')).not.toThrow();
    expect(() => validate(on('collector', killed()), 'crash')).not.toThrow();
    expect(() => validate(on('collector'), 'wrong')).toThrow(/'collector', which is no edge of/);
    expect(() => validate(on('payment-to-stripe', killed()), 'wrong')).toThrow(
      /no part that killed can act on. There are: collector, jaeger/,
    );
  });

  it('refuses a run too large to keep', () => {
    expect(() => validate(changed({ load: { rate: 100_000, timeoutMs: 1000 } }), 'large')).toThrow(
      /at most 5000000/,
    );
  });

  it.each([
    ['an unknown entry', { entry: 'nobody' }, /system\.entry is 'nobody'/],
    ['promises that leave traces out', { promises: [] }, /must apply to any trace/],
    [
      'an edge from nowhere',
      { edges: [{ id: 'a-to-b', from: 'a', to: 'b', variable: 'B' }] },
      /starts at 'a'/,
    ],
    ['no traffic', { traffic: [] }, /system\.traffic is empty/],
  ])('refuses a system with %s', (_what, change, message) => {
    expect(() => validate(changed({ system: { ...stripeSlow.system, ...change } }), 'x')).toThrow(message);
  });
});

describe('blocks', () => {
  const phases = { warmupS: 0, baselineS: 10, faultS: 10, recoveryS: 10 };

  it.each([0, 1.5, 101])('%d are refused', (blocks) => {
    expect(() => validate(changed({ phases: { ...phases, blocks } }), 'x')).toThrow(
      `phases.blocks is ${blocks}; allowed: a whole number, 1 to 100`,
    );
  });

  it('count in the number of requests', () => {
    const load = { rate: 20_000, timeoutMs: 1000 };
    expect(() => validate(changed({ phases, load }), 'x')).not.toThrow();
    expect(() => validate(changed({ load, phases: { ...phases, blocks: 50 } }), 'x')).toThrow(
      'rate x length is 20200000 requests',
    );
  });

  it('need baselines in which the aftermath of the fault before can end', () => {
    expect(warnings(changed({ phases: { ...phases, blocks: 2 } }))).toEqual([]);
    expect(warnings(changed({ phases: { ...phases, baselineS: 9, blocks: 2 } }))).toEqual([
      'baseline 9 s: with several blocks one below 10 s leaves comparisons inconclusive',
    ]);
  });
});

describe('warnings', () => {
  const phases = { warmupS: 0, baselineS: 8, faultS: 8, recoveryS: 8 };

  it('are none of phases that are long enough, however short the warm-up', () => {
    expect(warnings(changed({ phases: { ...phases, recoveryS: 10 } }))).toEqual([]);
  });

  it('name the assertions that a phase is too short for', () => {
    expect(warnings(changed({ phases }))).toEqual([
      "recovery 8 s: 'Every route recovers' needs 10 s and will be inconclusive",
    ]);
  });

  it('name each phase that is too short for a verdict', () => {
    const assertions: Scenario['assertions'] = [];
    expect(warnings(changed({ assertions, phases: { ...phases, baselineS: 7, recoveryS: 1 } }))).toEqual([
      'baseline 7 s, recovery 1 s: phases below 8 s leave some checks inconclusive',
    ]);
    expect(warnings(changed({ assertions, phases: { ...phases, faultS: 6 } }))).toEqual([
      'fault 6 s: phases below 8 s leave some checks inconclusive',
    ]);
  });

  it('are none without a fault', () => {
    expect(warnings(changed({ faults: [], phases: { ...phases, faultS: 1 } }))).toEqual([]);
  });

  it('knows the services and mitigations that the system, its builds and the scenario name', () => {
    const [first] = stripeSlow.system.mitigations ?? [];
    if (!first) throw new Error('the shop has no mitigation');
    const broken = changed({
      environment: { 'strip-api': {} },
      system: {
        ...stripeSlow.system,
        mitigations: [first, { ...first, off: { 'payments-service': {} } }],
        builds: [{ id: 'odd', title: '', mitigations: ['brakes'] }],
      },
    });
    const run = (): void => validate(broken, 'broken');
    expect(run).toThrow(/environment is for 'strip-api', which is no service/);
    expect(run).toThrow(/is for 'payments-service', which is no service/);
    expect(run).toThrow(/mitigation 'stripe-timeout' is declared twice/);
    expect(run).toThrow(/build 'odd' has 'brakes', which is no mitigation/);
  });
});
