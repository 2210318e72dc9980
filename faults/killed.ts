import type { FaultFactory, PartFault } from '../harness/contracts.ts';
import { refuseOthers } from './lib/parameters.ts';
import { proveAbsence } from './lib/part-proof.ts';

/** A part of the pipeline is killed and not there until the fault ends, when it is started again: a crash. */
export function killed(): PartFault {
  return {
    id: 'killed',
    title: 'killed',
    acts: 'part',
    parameters: {},
    apply: (part) => part.end('kill'),
    revert: (part) => part.start(),
    inForce: async (part) => !(await part.isUp()),
    proof: proveAbsence,
  };
}

const factory: FaultFactory = (others) => {
  refuseOthers('killed', others);
  return killed();
};

export default Object.assign(factory, {
  description: 'a part of the pipeline is killed, and started again when the fault ends',
});
