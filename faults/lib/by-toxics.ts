import type { Fault, Toxic } from '../../harness/contracts.ts';
import { hasToxic, removeToxic } from './toxic.ts';

/** How a fault is applied and undone that consists of these toxics alone. */
export function byToxics(toxics: readonly Toxic[]): Pick<Fault, 'apply' | 'revert' | 'inForce'> {
  return {
    async apply(proxy) {
      for (const toxic of toxics) await proxy.addToxic(toxic);
    },
    async revert(proxy) {
      for (const { name } of toxics) await removeToxic(proxy, name);
    },
    async inForce(proxy) {
      let present = 0;
      for (const toxic of toxics) if (await hasToxic(proxy, toxic)) present += 1;
      if (present > 0 && present < toxics.length) {
        throw new Error(`the proxy ${proxy.name} has ${present} of the ${toxics.length} toxics of the fault`);
      }
      return present > 0;
    },
  };
}
