import type { Evidence, Fault, FaultFactory, FaultWindow, Proof, Toxic } from '../harness/contracts.ts';
import { byToxics } from './lib/by-toxics.ts';
import { courseOf, patienceUs } from './lib/course.ts';
import { checkWhole, refuseOthers } from './lib/parameters.ts';
import { proveRise } from './lib/rise.ts';
import { figureMs, ms } from './lib/text.ts';

export interface SlowCloseParameters {
  /** Milliseconds by which the close of a connection comes later, 1 to 600,000. */
  readonly delayMs: number;
}

const MAX_MS = 600_000;
/** Share of the delay by which a call must be longer than usual: clocks and rounding are not the fault's doing. */
const TOLERANCE = 0.9;

/**
 * When the callee closes a connection, its caller learns of it later. A call feels that only when its answer ends with
 * the close, or when it is sent over a connection that the callee has closed already. While connections are kept
 * there is nothing to feel, and the proof does not hold. The services of the shop keep all of theirs, so none of its
 * scenarios has this fault.
 */
export function slowClose({ delayMs }: SlowCloseParameters): Fault {
  checkWhole('slow-close', { name: 'delayMs', value: delayMs, least: 1, most: MAX_MS, unit: 'milliseconds' });
  const toxic: Toxic = {
    name: 'chaoscope-slow-close',
    type: 'slow_close',
    stream: 'downstream',
    toxicity: 1,
    attributes: { delay: delayMs },
  };
  return {
    id: 'slow-close',
    title: `slow close of ${delayMs} ms`,
    parameters: { delayMs },
    ...byToxics([toxic]),
    proof: (evidence, window) => prove(evidence, window, delayMs),
  };
}

const factory: FaultFactory = ({ delayMs, ...others }) => {
  refuseOthers('slow-close', others, 'delayMs (needed)');
  return slowClose({ delayMs: delayMs ?? Number.NaN });
};

export default Object.assign(factory, { description: 'connections close late: delayMs' });

async function prove(evidence: Evidence, window: FaultWindow, delayMs: number): Promise<Proof> {
  let slowUs = 0;
  const course = await courseOf(evidence, window, (before) => {
    slowUs = Math.round((before.p50Us ?? 0) + delayMs * TOLERANCE * 1000);
    // A caller whose time-out is below the delay gives up; that it waited shows the fault.
    return { slowUs, patienceUs: patienceUs(before) };
  });
  const proof = proveRise(course, {
    affected: 'slow',
    did: `lasted ${ms(slowUs)} or more, or until given up,`,
    whenNone: 'no call had to wait for a close, as when connections are kept',
  });
  return { ...proof, figures: { ...proof.figures, slowMs: figureMs(slowUs) } };
}
