import type { Evidence, Fault, FaultFactory, FaultWindow, Proof, Toxic } from '../harness/contracts.ts';
import { byToxics } from './lib/by-toxics.ts';
import { type Course, courseFigures, courseOf } from './lib/course.ts';
import type { Outcomes } from './lib/outcomes.ts';
import { checkWhole, refuseOthers } from './lib/parameters.ts';
import { provePipelineSlowness } from './lib/pipeline-proof.ts';
import { figureMs, ms, number } from './lib/text.ts';

export interface BandwidthParameters {
  /** Kilobytes (1,000 bytes) of answers per second and connection, 1 to 1,000,000. */
  readonly kbps: number;
}

const MAX_KBPS = 1_000_000;
/** The least by which the median call must be longer than usual; less may be the machine's doing. */
const LEAST_RISE_US = 10_000;
/** Share of the rise that may be left after the fault. */
const MOST_LEFT = 0.25;

/** Answers come at a limited rate on each connection; requests are not held up. */
export function bandwidth({ kbps }: BandwidthParameters): Fault {
  checkWhole('bandwidth', { name: 'kbps', value: kbps, least: 1, most: MAX_KBPS, unit: 'KB/s' });
  const toxic: Toxic = {
    name: 'chaoscope-bandwidth',
    type: 'bandwidth',
    stream: 'downstream',
    toxicity: 1,
    attributes: { rate: kbps },
  };
  return {
    id: 'bandwidth',
    title: `bandwidth of ${kbps} KB/s`,
    parameters: { kbps },
    ...byToxics([toxic]),
    proof: prove,
  };
}

const factory: FaultFactory = ({ kbps, ...others }) => {
  refuseOthers('bandwidth', others, 'kbps (needed)');
  return bandwidth({ kbps: kbps ?? Number.NaN });
};

export default Object.assign(factory, { description: 'answers come through slowly: kbps' });

async function prove(evidence: Evidence, window: FaultWindow): Promise<Proof> {
  if (window.edge.isPipeline) return provePipelineSlowness(evidence, window);
  const course = await courseOf(evidence, window, (before) => ({ slowUs: floorUs(before) }));
  const floor = floorUs(course.before);
  const doubt = doubtOf(course, floor);
  return {
    held: doubt === undefined,
    expected: `the median call at least ${ms(floor)} while it was in force (twice the usual, the usual + ${ms(LEAST_RISE_US)}, and the usual p95), and no more than ${MOST_LEFT * 100} % of the rise left after`,
    observed: `${describe(course)}${doubt === undefined ? '' : `: ${doubt}`}`,
    figures: {
      ...courseFigures(course),
      beforeP95Ms: figureMs(course.before.p95Us),
      floorMs: figureMs(floor),
    },
  };
}

/** How long an answer takes lies in its size, which is not recorded; so the bound comes from the usual calls. */
function floorUs({ p50Us, p95Us }: Outcomes): number {
  const usualUs = p50Us ?? 0;
  return Math.max(2 * usualUs, usualUs + LEAST_RISE_US, p95Us ?? 0);
}

function doubtOf({ before, inside, after, stretches }: Course, floor: number): string | undefined {
  if (before.p50Us === null) return 'without calls before it there is nothing to compare with';
  if (inside.p50Us === null) return 'nobody met it';
  if (inside.p50Us < floor) return 'answers are too small to be held up; lower kbps';
  if (after.p50Us === null) return stretches.afterNeeded ? 'nothing shows that it ended' : undefined;
  const left = before.p50Us + (inside.p50Us - before.p50Us) * MOST_LEFT;
  return after.p50Us > left ? 'it did not end' : undefined;
}

function describe({ before, inside, after }: Course): string {
  const median = ({ calls, p50Us }: Outcomes): string =>
    p50Us === null ? 'no calls' : `${ms(p50Us)} (${number(calls)} calls)`;
  return `median ${median(inside)} while it was in force; before ${median(before)}, after ${median(after)}`;
}
