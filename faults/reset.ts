import type { Fault, FaultFactory, Toxic } from '../harness/contracts.ts';
import { byToxics } from './lib/by-toxics.ts';
import { proveInterruption } from './lib/interruption.ts';
import { checkWhole, refuseOthers } from './lib/parameters.ts';

export interface ResetParameters {
  /** Milliseconds from the first byte of an answer to the reset, 0 to 1,500; default 0. */
  readonly afterMs?: number;
}

/** Toxiproxy removes the toxic only when this time of each connection is over; undoing must not take long. */
const MAX_MS = 1500;

/**
 * The connection is reset when the answer begins: the callee has done the work, and its caller does not learn of it.
 * A connection that was open before is closed by the first answer on it instead, which to the caller is the same.
 */
export function reset({ afterMs = 0 }: ResetParameters = {}): Fault {
  checkWhole('reset', { name: 'afterMs', value: afterMs, least: 0, most: MAX_MS, unit: 'milliseconds' });
  const toxic: Toxic = {
    name: 'chaoscope-reset',
    type: 'reset_peer',
    stream: 'downstream',
    toxicity: 1,
    attributes: { timeout: afterMs },
  };
  return {
    id: 'reset',
    title: `reset${afterMs > 0 ? ` after ${afterMs} ms` : ''}`,
    parameters: { afterMs },
    ...byToxics([toxic]),
    proof: (evidence, window) => proveInterruption(evidence, window),
  };
}

const factory: FaultFactory = ({ afterMs, ...others }) => {
  refuseOthers('reset', others, 'afterMs');
  return reset({ afterMs });
};

export default Object.assign(factory, { description: 'connections break when an answer comes: afterMs' });
