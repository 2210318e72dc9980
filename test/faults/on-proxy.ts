import { expect, it } from 'vitest';
import type { Fault, Toxic } from '../../harness/contracts.ts';
import { MemoryProxy } from './memory-proxy.ts';

const OTHER: Toxic = {
  name: 'x',
  type: 'latency',
  stream: 'upstream',
  toxicity: 1,
  attributes: { latency: 1, jitter: 0 },
};

/** The tests that each fault must pass which consists of toxics: what it adds, and that it undoes no more. */
export function testToxics(fault: Fault, toxics: readonly Toxic[]): void {
  it('is in force from apply to revert', async () => {
    const proxy = new MemoryProxy();
    expect(await fault.inForce(proxy)).toBe(false);
    await fault.apply(proxy);
    expect(await fault.inForce(proxy)).toBe(true);
    expect((await proxy.read()).toxics).toEqual(toxics);
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
    expect(await proxy.read()).toEqual({ enabled: true, toxics: [] });
  });

  it('reverts when nothing was applied, and twice', async () => {
    const proxy = new MemoryProxy();
    await fault.revert(proxy);
    await fault.apply(proxy);
    await fault.revert(proxy);
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
  });

  it('leaves toxics of others alone', async () => {
    const proxy = new MemoryProxy();
    await proxy.addToxic(OTHER);
    await fault.apply(proxy);
    await fault.revert(proxy);
    expect((await proxy.read()).toxics).toEqual([OTHER]);
  });

  it.each(toxics)('takes neither for in force nor for gone a $name that differs', async (toxic) => {
    const proxy = new MemoryProxy();
    await proxy.addToxic({ ...toxic, toxicity: 0.5 });
    await expect(fault.inForce(proxy)).rejects.toThrow(/the proxy payment-to-stripe has .*toxicity 0.5/);
    await fault.revert(proxy);
    expect(await fault.inForce(proxy)).toBe(false);
  });
}
