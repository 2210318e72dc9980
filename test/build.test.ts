import { describe, expect, it } from 'vitest';
import { chooseBuild, mergeEnvironments } from '../harness/build.ts';
import { UserError } from '../harness/errors.ts';
import shop from '../services/system.ts';

const ALL = shop.mitigations.map(({ id }) => id);
const NONE = { on: [], off: [] };

describe('a build', () => {
  it('is the first of the system, with nothing switched off, when none is named', () => {
    expect(chooseBuild(shop, NONE)).toEqual({
      record: { id: 'resilient', on: ALL, off: [] },
      environment: {},
    });
  });

  it('without any mitigation has the settings of all of them', () => {
    const chosen = chooseBuild(shop, { ...NONE, build: 'naive' });
    expect(chosen?.record).toEqual({ id: 'naive', on: [], off: ALL });
    expect(chosen?.environment['payment-service']).toMatchObject({
      STRIPE_TIMEOUT_MS: '0',
      BREAKER: 'off',
      STRIPE_MAX_CONCURRENT: '0',
      FALLBACK: 'off',
      RETRIES: 'off',
      DEADLINES: 'off',
    });
  });

  it('can have one more, or one less', () => {
    expect(chooseBuild(shop, { on: [], off: ['outbox'] })).toMatchObject({
      record: { id: 'resilient', off: ['outbox'] },
      environment: { 'order-service': { OUTBOX: 'off' } },
    });
    expect(chooseBuild(shop, { build: 'naive', on: ['outbox'], off: [] })?.record.on).toEqual(['outbox']);
  });

  it('and mitigations that do not exist are refused, all at once', () => {
    const wrong = (): unknown =>
      chooseBuild(shop, { build: 'solid', on: ['brakes'], off: ['outbox', 'airbag'] });
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(/no build 'solid'. It has: resilient, naive/);
    expect(wrong).toThrow(/no mitigation 'brakes'/);
    expect(wrong).toThrow(/no mitigation 'airbag'. It has: stripe-timeout, /);
    expect(() => chooseBuild(shop, { on: ['outbox'], off: ['outbox'] })).toThrow(/both on and off/);
  });

  it('is not switched to what it is already', () => {
    expect(() => chooseBuild(shop, { on: ['outbox'], off: [] })).toThrow(
      "the build 'resilient' has 'outbox' already; leave --with outbox out.",
    );
    expect(() => chooseBuild(shop, { build: 'naive', on: [], off: ['outbox'] })).toThrow(
      "the build 'naive' does not have 'outbox' anyway; leave --without outbox out.",
    );
  });

  it('is none for a system without mitigations', () => {
    const { mitigations: _, builds: __, ...plain } = shop;
    expect(chooseBuild(plain, NONE)).toBeUndefined();
  });
});

describe('environments', () => {
  it('are merged by service and name, later ones win', () => {
    expect(mergeEnvironments({ a: { X: '1', Y: '1' } }, { a: { X: '2' }, b: { Z: '3' } })).toEqual({
      a: { X: '2', Y: '1' },
      b: { Z: '3' },
    });
  });
});

describe('the mitigations of the shop', () => {
  it('are each shown by a scenario that exists and checks what must turn red', async () => {
    for (const { id, shownBy } of shop.mitigations) {
      const { default: scenario } = await import(`../scenarios/${shownBy.scenario}.ts`);
      const ids = scenario.assertions.map((assertion: { id: string }) => assertion.id);
      expect([id, shownBy.turnsRed.filter((red) => !ids.includes(red))]).toEqual([id, []]);
    }
  });
});
