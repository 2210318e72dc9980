import type { Fault, FaultFactory, Toxic } from '../harness/contracts.ts';
import { byToxics } from './lib/by-toxics.ts';
import { courseOf } from './lib/course.ts';
import { checkWhole, refuseOthers } from './lib/parameters.ts';
import { proveRise } from './lib/rise.ts';

export interface LimitParameters {
  /** Bytes of answers, headers included, after which a connection closes; 0 to 1,000,000,000. */
  readonly bytes: number;
}

const MAX_BYTES = 1_000_000_000;

/**
 * Each connection closes when so many bytes of answers have come over it, so the last answer is cut off. On a
 * connection that is kept the answers add up: those that still fit are whole.
 */
export function limit({ bytes }: LimitParameters): Fault {
  checkWhole('limit', { name: 'bytes', value: bytes, least: 0, most: MAX_BYTES, unit: 'bytes' });
  const toxic: Toxic = {
    name: 'chaoscope-limit',
    type: 'limit_data',
    stream: 'downstream',
    toxicity: 1,
    attributes: { bytes },
  };
  return {
    id: 'limit',
    title: `limit of ${bytes} bytes`,
    parameters: { bytes },
    ...byToxics([toxic]),
    proof: async (evidence, window) =>
      proveRise(await courseOf(evidence, window), {
        affected: 'failed',
        did: 'failed',
        whenNone: 'connections carried less than the limit; lower it',
      }),
  };
}

const factory: FaultFactory = ({ bytes, ...others }) => {
  refuseOthers('limit', others, 'bytes (needed)');
  return limit({ bytes: bytes ?? Number.NaN });
};

export default Object.assign(factory, {
  description: 'each connection breaks after so many bytes of answers: bytes',
});
