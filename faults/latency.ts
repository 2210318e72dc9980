import type { Evidence, Fault, FaultFactory, FaultWindow, Proof, Toxic } from '../harness/contracts.ts';
import { byToxics } from './lib/by-toxics.ts';
import { checkWhole, refuseOthers } from './lib/parameters.ts';
import { provePipelineSlowness } from './lib/pipeline-proof.ts';
import { type Slowness, slownessOf } from './lib/slowness.ts';
import { LEAST_AFTER_US } from './lib/stretches.ts';
import { figureMs, ms, number } from './lib/text.ts';

export interface LatencyParameters {
  /** Milliseconds by which each answer comes later, 1 to 600,000. */
  readonly latencyMs: number;
  /** The latency varies by this much in both directions, uniformly; less than latencyMs, default 0. */
  readonly jitterMs?: number;
}

const MAX_MS = 600_000;
/** Share of the least latency that an answer must take: clocks and rounding are not the fault's doing. */
const TOLERANCE = 0.9;
/** Share of the calls in the window that must be slow; a few may have ended for a reason of their own. */
const LEAST_SLOW = 0.9;

/** Every answer on the edge comes later, on connections that are open already as well as on new ones. */
export function latency({ latencyMs, jitterMs = 0 }: LatencyParameters): Fault {
  checkWhole('latency', {
    name: 'latencyMs',
    value: latencyMs,
    least: 1,
    most: MAX_MS,
    unit: 'milliseconds',
  });
  checkWhole('latency', {
    name: 'jitterMs',
    value: jitterMs,
    least: 0,
    most: latencyMs - 1,
    unit: 'milliseconds',
  });
  const toxic: Toxic = {
    name: 'chaoscope-latency',
    type: 'latency',
    // Downstream is from the callee to the caller: the answer is late, not the request.
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: latencyMs, jitter: jitterMs },
  };
  return {
    id: 'latency',
    title: `latency of ${latencyMs}${jitterMs > 0 ? ` ± ${jitterMs}` : ''} ms`,
    parameters: { latencyMs, jitterMs },
    ...byToxics([toxic]),
    proof: (evidence, window) => prove(evidence, window, latencyMs, jitterMs),
  };
}

const factory: FaultFactory = ({ latencyMs, jitterMs, ...others }) => {
  refuseOthers('latency', others, 'latencyMs (needed), jitterMs');
  return latency({ latencyMs: latencyMs ?? Number.NaN, jitterMs });
};

export default Object.assign(factory, { description: 'every answer comes later: latencyMs, jitterMs' });

async function prove(
  evidence: Evidence,
  window: FaultWindow,
  latencyMs: number,
  jitterMs: number,
): Promise<Proof> {
  if (window.edge.isPipeline) return provePipelineSlowness(evidence, window, latencyMs - jitterMs);
  const floorUs = Math.round((latencyMs - jitterMs) * TOLERANCE * 1000);
  const latencyUs = (latencyMs + jitterMs) * 1000;
  const found = await slownessOf(evidence, window, { floorUs, latencyUs });
  const loadEndUs = Math.max(0, ...evidence.run.phases.map((phase) => phase.endUs));
  const afterNeeded = loadEndUs - (window.untilUs + latencyUs) >= LEAST_AFTER_US;
  return {
    held: felt(found, floorUs) && gone(found, floorUs, afterNeeded),
    expected: `answers no sooner than ${ms(floorUs)} while it was in force, as usual before and after`,
    observed: describe(found, afterNeeded),
    figures: {
      callsBefore: found.before,
      callsInside: found.inside,
      slowCallsInside: found.slow,
      callsAfter: found.after,
      beforeP50Ms: figureMs(found.beforeP50Us),
      insideP50Ms: figureMs(found.insideP50Us),
      afterP50Ms: figureMs(found.afterP50Us),
      floorMs: figureMs(floorUs),
    },
  };
}

/** What the fault did to the median call: all of the latency, or as much of it as the caller waited for. */
function effectUs({ insideP50Us }: Slowness, floorUs: number): number {
  return Math.min(floorUs, insideP50Us ?? 0);
}

/** Nearly all calls were slow, and that was not their habit: the median rose by half of the effect at least. */
function felt(found: Slowness, floorUs: number): boolean {
  if (found.inside === 0 || found.insideP50Us === null) return false;
  const usualUs = found.beforeP50Us ?? found.afterP50Us;
  if (usualUs === null) return false;
  const rose = found.insideP50Us >= usualUs + effectUs(found, floorUs) / 2;
  return rose && found.slow >= found.inside * LEAST_SLOW;
}

/** Back near the usual: three times of it, or a tenth of the effect more, as right after a fault there is a backlog. */
function gone(found: Slowness, floorUs: number, afterNeeded: boolean): boolean {
  if (found.after === 0 || found.afterP50Us === null) return !afterNeeded;
  const usualUs = found.beforeP50Us;
  if (usualUs === null) return found.afterP50Us < floorUs;
  return found.afterP50Us <= Math.max(3 * usualUs, usualUs + effectUs(found, floorUs) / 10);
}

function describe(found: Slowness, afterNeeded: boolean): string {
  if (found.inside === 0) return 'no calls while it was in force';
  const after =
    found.after > 0 ? ms(found.afterP50Us ?? 0) : afterNeeded ? 'no calls' : 'no time left for calls';
  const before = found.before > 0 ? ms(found.beforeP50Us ?? 0) : 'no calls';
  return `${number(found.slow)} of ${number(found.inside)} calls slow, median ${ms(found.insideP50Us ?? 0)}; before ${before}, after ${after}`;
}
