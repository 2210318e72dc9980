import type { FaultFactory, PartFault } from '../harness/contracts.ts';
import { refuseOthers } from './lib/parameters.ts';
import { proveAbsence } from './lib/part-proof.ts';

/** A part of the pipeline is asked to end, may finish its work, and is started again when the fault ends: a deployment. */
export function stopped(): PartFault {
  return {
    id: 'stopped',
    title: 'stopped in order',
    acts: 'part',
    parameters: {},
    apply: (part) => part.end('stop'),
    revert: (part) => part.start(),
    inForce: async (part) => !(await part.isUp()),
    proof: proveAbsence,
  };
}

const factory: FaultFactory = (others) => {
  refuseOthers('stopped', others);
  return stopped();
};

export default Object.assign(factory, {
  description: 'a part of the pipeline ends in order, and is started again when the fault ends',
});
