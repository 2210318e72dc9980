import type { Evidence } from '../../harness/contracts.ts';
import { machineUse } from '../machine-use.ts';
import { classify, unknownOutcomes } from './classify.ts';
import type { RouteOutcome } from './outcome.ts';
import { routeFacts } from './route-facts.ts';

/** The generator may send a request so much later than it was due, at the 99th percentile, or its times say nothing. */
const MOST_LAG_US = 250_000;
/** Share of the machine that must have been idle, or slowness is its doing. */
const LEAST_IDLE = 0.03;

export interface CellOutcomes {
  /** Whether the evidence proves that the one fault took hold. */
  readonly held: boolean;
  readonly routes: readonly RouteOutcome[];
}

/**
 * What became of each route in a run with one fault, from its evidence alone. All are unknown when the run did not end well
 * or the fault did not take hold; a route that was only slow is, when the machine or the generator could be to blame.
 */
export async function cellOutcomes(evidence: Evidence): Promise<CellOutcomes> {
  const doubt = await doubtOf(evidence);
  if (doubt !== undefined) return { held: false, routes: unknownOutcomes(evidence.run.system.routes, doubt) };
  const slownessDoubt = (await lag(evidence)) ?? (await saturation(evidence));
  const routes = (await routeFacts(evidence)).map((facts) => classify(facts, slownessDoubt));
  return { held: true, routes };
}

async function doubtOf(evidence: Evidence): Promise<string | undefined> {
  const { run, faults, sources } = evidence;
  if (run.status !== 'completed') return `the run did not complete: ${run.problem?.message ?? run.status}`;
  if (!sources.has('ledger')) return 'there is no ledger';
  const [placed] = faults;
  if (!placed || faults.length > 1) return `the run has ${faults.length} faults, a cell has one`;
  if (!placed.window) return 'the fault was never in force';
  if (!sources.has('recording')) return 'without a recording nothing says that the fault took hold';
  const proof = await placed.fault.proof(evidence, placed.window);
  return proof.held ? undefined : `the fault did not take hold: ${proof.observed}`;
}

async function lag(evidence: Evidence): Promise<string | undefined> {
  const [row] = await evidence.query<{ lagUs: number | null }>(
    `SELECT quantile_cont(CAST(sent_us - due_us AS DOUBLE), 0.99) AS "lagUs" FROM ledger
     WHERE phase IN ('baseline', 'fault')`,
  );
  const lagUs = row?.lagUs ?? null;
  if (lagUs === null) return 'no request was sent in time';
  return lagUs > MOST_LAG_US
    ? `the generator lagged: p99 ${Math.round(lagUs / 1000)} ms; lower --rate`
    : undefined;
}

/** A machine that was as busy in the baseline is no reason for being slower than in it. */
async function saturation(evidence: Evidence): Promise<string | undefined> {
  const idle = async (phase: 'baseline' | 'fault'): Promise<number | undefined> => {
    const times = evidence.run.phases.find(({ name }) => name === phase);
    // Without gauges nothing says so; what the ledger shows still stands.
    return times && (await machineUse(evidence, times.startUs, times.endUs))?.idle;
  };
  const [before, under] = [await idle('baseline'), await idle('fault')];
  if (under === undefined || under >= LEAST_IDLE) return undefined;
  if (before !== undefined && before < LEAST_IDLE) return undefined;
  return `the machine was saturated in the fault phase alone (${(under * 100).toFixed(1)} % idle); lower --rate`;
}
