import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { plan } from '../../harness/load/plan.ts';
import { drawOf, lotOf } from '../../services/provider/draw.ts';
import { ChargeLedger, type ChargeRequest } from '../../services/provider/ledger.ts';
import shop from '../../services/system.ts';

const SETTINGS = {
  PORT: 1,
  PROVIDER_LATENCY_MS: 0,
  PROVIDER_SLOW_EVERY: 0,
  PROVIDER_ERROR_PERCENT: 20,
  PROVIDER_DECLINE_PERCENT: 20,
  PROVIDER_CHARGES_KEPT: 1000,
};
const REQUEST: ChargeRequest = { amount: 1999, currency: 'eur', source: 'tok_visa', orderId: 'o' };

/** What becomes of a charge: its status code. */
const fate = (charge: Promise<unknown>): Promise<unknown> =>
  charge.then(
    () => 200,
    (thrown: { status?: unknown }) => thrown.status,
  );

/** What becomes of the charges of a run's orders, with keys that no other run has. */
async function run(loadSeed: number, providerSeed = loadSeed, prefix = 'ch'): Promise<readonly unknown[]> {
  const ledger = new ChargeLedger({ ...SETTINGS, SEED: providerSeed }, prefix);
  const segment = { name: 'measured', rate: 300, durationS: 5, firstSeq: 0 };
  const orders = [...plan(loadSeed, shop.traffic, segment)].filter(({ route }) => route === 'order');
  return Promise.all(
    orders.map(({ traceId, spanId }) => {
      const key = `${randomUUID()}-1`;
      return fate(ledger.charge(key, REQUEST, lotOf(`00-${traceId}-${spanId}-01`, key)));
    }),
  );
}

describe('which charges fail', () => {
  it('are the same orders of the plan in each run with the same seed, though their keys are others', async () => {
    const first = await run(7);
    expect(new Set(first)).toEqual(new Set([200, 402, 500]));
    expect(await run(7)).toEqual(first);
  });

  it('are others with another seed, and at another provider', async () => {
    const first = await run(7);
    expect(await run(7, 8)).not.toEqual(first);
    expect(await run(7, 7, 'bk')).not.toEqual(first);
  });

  it('is drawn once for a key: whoever asks again, in whatever trace, gets the same answer', async () => {
    const ledger = new ChargeLedger({ ...SETTINGS, SEED: 7 }, 'ch');
    const lots = Array.from({ length: 40 }, () => randomUUID());
    const first = await Promise.all(lots.map((lot, n) => fate(ledger.charge(`key-${n}`, REQUEST, lot))));
    expect(new Set(first).size).toBe(3);
    const again = lots.map((_, n) => fate(ledger.charge(`key-${n}`, REQUEST, randomUUID())));
    expect(await Promise.all(again)).toEqual(first);
  });

  it('are as many as were asked for', () => {
    const draws = Array.from({ length: 20_000 }, (_, n) => drawOf(1, 'ch', `lot ${n}`));
    expect(draws.filter((draw) => draw < 1000).length / draws.length).toBeCloseTo(0.1, 2);
  });

  it('are drawn by the key where no trace comes along', () => {
    expect(lotOf(undefined, 'key')).toBe('key');
    expect(lotOf('nonsense', 'key')).toBe('key');
    expect(lotOf(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`, 'key')).toBe('a'.repeat(32));
  });
});
