import { describe, expect, it } from 'vitest';
import { validate } from '../../harness/validate.ts';
import baseline from '../../scenarios/baseline.ts';
import { MATRIX_FAULTS, type MatrixFault, matrixFault, matrixScenario } from '../../scenarios/lib/matrix.ts';

const LENGTH = { rate: 60, phases: { warmupS: 4, baselineS: 8, faultS: 8, recoveryS: 5 } };

describe('matrixScenario', () => {
  it('is valid for every edge and fault', () => {
    for (const { id } of baseline.system.edges)
      for (const fault of MATRIX_FAULTS) {
        const scenario = matrixScenario(baseline, { edge: id, fault }, LENGTH);
        expect(() => validate(scenario, `${id} ${fault}`)).not.toThrow();
        expect(scenario.faults.map(({ on }) => on)).toEqual([id]);
      }
  });

  it('puts one latency below and one above what the caller waits, and both within the phase', () => {
    for (const { id, timeoutMs } of baseline.system.edges) {
      const below = matrixFault(baseline.system, id, 'latency-below').parameters['latencyMs'] ?? 0;
      const above = matrixFault(baseline.system, id, 'latency-above').parameters['latencyMs'] ?? 0;
      expect(timeoutMs, id).toBeDefined();
      expect(below, id).toBeLessThan(timeoutMs ?? 0);
      expect(above, id).toBeGreaterThan(timeoutMs ?? 0);
      expect(above, id).toBeLessThan(LENGTH.phases.faultS * 1000);
    }
  });

  it('lasts long enough for most requests to be given up under the fault, and no longer than asked for where that suffices', () => {
    const faultS = (edge: string, fault: MatrixFault = 'latency-above') =>
      matrixScenario(baseline, { edge, fault }, LENGTH).phases.faultS;
    expect(faultS('gateway-to-order')).toBe(12);
    expect(faultS('payment-to-stripe')).toBe(8);
    expect(faultS('gateway-to-auth')).toBe(8);
    expect(faultS('gateway-to-order', 'down')).toBe(8);
  });

  it('gives each route the same share', () => {
    const { system } = matrixScenario(baseline, {}, LENGTH);
    expect(new Set(system.traffic.map(({ weight }) => weight))).toEqual(new Set([1]));
    expect(system.traffic.map(({ id }) => id)).toEqual(baseline.system.traffic.map(({ id }) => id));
  });

  it('has no fault, and does not ask whether one took hold, where nothing is broken', () => {
    const { faults, assertions } = matrixScenario(baseline, {}, LENGTH);
    expect(faults).toEqual([]);
    expect(assertions.map(({ id }) => id)).not.toContain('fault-took-hold');
  });

  it('makes Stripe fail where the second provider is tried, and keeps the habits of its base', () => {
    const of = (edge: string) =>
      matrixScenario(baseline, { edge, fault: 'down' }, LENGTH).environment?.['stripe-api'];
    expect(of('payment-to-backup')).toEqual({ PROVIDER_ERROR_PERCENT: '30' });
    expect(of('payment-to-stripe')).toEqual(baseline.environment?.['stripe-api']);
  });
});
