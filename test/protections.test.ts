import { describe, expect, it } from 'vitest';
import type { Protection, Scenario, System } from '../harness/contracts.ts';
import { validate } from '../harness/validate.ts';
import stripeSlow from '../scenarios/stripe-slow.ts';
import shop from '../services/system.ts';

/** The scenario with one more thing that the first mitigation protects. */
function protecting(protection: Protection): Scenario {
  const [first, ...others] = stripeSlow.system.mitigations ?? [];
  if (!first) throw new Error('the shop has no mitigation');
  return {
    ...stripeSlow,
    system: { ...stripeSlow.system, mitigations: [{ ...first, protects: [protection] }, ...others] },
  };
}

describe('what mitigations protect', () => {
  it('is refused when it names what the system does not have', () => {
    const run = (protection: Protection) => () => validate(protecting(protection), 'broken');
    expect(run({ edge: 'payment-to-bank' })).toThrow(
      /protects 'payment-to-bank', which is no edge of the system\. There are: /,
    );
    expect(run({ edge: 'payment-to-stripe', standIn: { routes: ['orders'], outcome: 'degraded' } })).toThrow(
      /stands in for 'orders', which is no route\. There are: product-list, /,
    );
    expect(run({ edge: 'payment-to-stripe', timeout: true })).not.toThrow();
  });

  it('is refused when it is the time-out of an edge that has none', () => {
    const { system, ...rest } = protecting({ edge: 'payment-to-stripe', timeout: true });
    const edges = system.edges.map(({ timeoutMs: _, ...edge }) => edge);
    expect(() => validate({ ...rest, system: { ...system, edges } }, 'broken')).toThrow(
      /is the time-out of 'payment-to-stripe', which has none/,
    );
  });

  it('needs limits that are some', () => {
    const edges = shop.edges.map((edge) => ({ ...edge, timeoutMs: 0, connections: 0 }));
    const run = (): void => validate({ ...stripeSlow, system: { ...stripeSlow.system, edges } }, 'broken');
    expect(run).toThrow(/edge 'gateway-to-auth' has a time-out of 0 ms/);
    expect(run).toThrow(/edge 'gateway-to-auth' has 0 connections/);
  });

  it('of the shop: no edge within it is without a time-out when all mitigations are on', () => {
    const system: System = shop;
    const limited = (system.mitigations ?? []).flatMap(({ protects = [] }) =>
      protects.filter(({ timeout }) => timeout),
    );
    const always = shop.edges
      .filter(({ id }) => !limited.some(({ edge }) => edge === id))
      .map(({ id }) => id);
    // Its client has a time-out of its own, whatever is switched off.
    expect(always).toEqual(['payment-to-backup']);
  });
});
