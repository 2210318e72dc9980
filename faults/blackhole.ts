import type { Fault, FaultFactory, Toxic } from '../harness/contracts.ts';
import { byToxics } from './lib/by-toxics.ts';
import { proveInterruption } from './lib/interruption.ts';
import { refuseOthers } from './lib/parameters.ts';

/**
 * A time-out of 0: what comes is dropped and the connection stays open until the toxic is removed, which closes it.
 * It acts on one direction, so there are two: upstream alone would let through the answers to what was asked before,
 * downstream alone would let the callee do the work of each request.
 */
const TOXICS = (['upstream', 'downstream'] as const).map(
  (stream): Toxic => ({
    name: `chaoscope-blackhole-${stream}`,
    type: 'timeout',
    stream,
    toxicity: 1,
    attributes: { timeout: 0 },
  }),
);

/**
 * Connections are accepted and those that are open stay so, but nothing gets through, neither request nor answer. Each
 * call waits until its caller gives up, or the fault ends: then its connection closes without an answer. It also closes
 * when the callee closes it, as one does that ends idle connections: of all that it sends, only this gets through.
 */
export function blackhole(): Fault {
  return {
    id: 'blackhole',
    title: 'black hole',
    parameters: {},
    ...byToxics(TOXICS),
    proof: (evidence, window) => proveInterruption(evidence, window, { waits: true }),
  };
}

const factory: FaultFactory = (others) => {
  refuseOthers('blackhole', others);
  return blackhole();
};

export default Object.assign(factory, { description: 'connections are taken and nothing is ever answered' });
