import type { Fault, FaultFactory } from '../harness/contracts.ts';
import { proveInterruption } from './lib/interruption.ts';
import { refuseOthers } from './lib/parameters.ts';

/** The callee cannot be reached: open connections close at once, new ones are refused. */
export function down(): Fault {
  return {
    id: 'down',
    title: 'down',
    parameters: {},
    apply: (proxy) => proxy.setEnabled(false),
    revert: (proxy) => proxy.setEnabled(true),
    inForce: async (proxy) => !(await proxy.read()).enabled,
    proof: (evidence, window) => proveInterruption(evidence, window),
  };
}

const factory: FaultFactory = (others) => {
  refuseOthers('down', others);
  return down();
};

export default Object.assign(factory, { description: 'connections are refused' });
