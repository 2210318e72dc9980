import { describe, expect, it } from 'vitest';
import faultTookHold from '../../assertions/fault-took-hold.ts';
import type { Fault, PlacedFault, Proof } from '../../harness/contracts.ts';
import { makeRun, SYSTEM } from '../evidence/fixture.ts';

function placed(title: string, proof: Proof | undefined): PlacedFault {
  const nothing = (): Promise<void> => Promise.resolve();
  const fault: Fault = {
    id: 'test',
    title,
    parameters: {},
    apply: nothing,
    revert: nothing,
    inForce: () => Promise.resolve(true),
    proof: () => (proof ? Promise.resolve(proof) : Promise.reject(new Error('must not be asked'))),
  };
  const edge = SYSTEM.edges.find(({ id }) => id === 'payment-to-stripe');
  if (!edge) throw new Error('the fixture has no edge payment-to-stripe');
  return proof ? { on: edge.id, fault, window: { edge, fromUs: 1, untilUs: 2 } } : { on: edge.id, fault };
}

const proof = (held: boolean): Proof => ({
  held,
  expected: 'slow',
  observed: held ? '12 of 12 calls slow' : 'no calls while it was in force',
  figures: { calls: 12 },
});

async function judged(faults: readonly PlacedFault[]) {
  const run = await makeRun();
  try {
    return await faultTookHold.with().judge({ ...(await run.open()), faults });
  } finally {
    run.remove();
  }
}

describe('fault-took-hold', () => {
  it('passes when the proof of each fault held', async () => {
    expect(await judged([placed('latency', proof(true))])).toMatchObject({
      verdict: 'pass',
      expected: 'latency on payment-to-stripe: slow',
      observed: 'latency on payment-to-stripe: 12 of 12 calls slow',
      figures: { calls: 12 },
    });
  });

  it('is inconclusive when one of two was not felt, and names it', async () => {
    const finding = await judged([placed('one', proof(true)), placed('two', proof(false))]);
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      figures: { 'fault1.calls': 12, 'fault2.calls': 12 },
    });
    expect(finding.because).toBe('not proved: two on payment-to-stripe (no calls while it was in force)');
  });

  it('is inconclusive when it was never in force', async () => {
    const finding = await judged([placed('latency', undefined)]);
    expect(finding).toMatchObject({
      verdict: 'inconclusive',
      observed: expect.stringContaining('never in force'),
    });
  });

  it('is inconclusive when there is no fault', async () => {
    expect(await judged([])).toMatchObject({ verdict: 'inconclusive', observed: 'no fault' });
  });
});
