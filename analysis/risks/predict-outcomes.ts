import type { Edge, Evidence, RunRecord } from '../../harness/contracts.ts';
import { type Dependencies, dependenciesOf, type EdgeUse } from './lib/dependencies.ts';
import { needOf } from './lib/need.ts';
import { declaredStandIn, seenStandIn, timeoutMs } from './lib/stand-ins.ts';
import { number } from './lib/text.ts';
import { FAULTS, type FaultKind, type Outcome, type Prediction, worse } from './outcomes.ts';

/** What a fault makes of a call: it fails at once, or when the caller's time-out is over, or never ends, or ends later. */
type Effect = 'fails' | 'fails-late' | 'hangs' | 'slow';

interface Climb {
  readonly outcome: Outcome;
  readonly path: readonly string[];
  readonly because: string;
}

/**
 * Says what becomes of each route when an edge is at fault, for every edge of the system and every kind of fault, from
 * a run's requests that no fault has touched: what the good ones needed, and what was seen to become of a failed call.
 * Beside what was seen it knows what the mitigations that were on claim (RunRecord.system.protections), and the
 * criticality that the system declares. Routes without a good recorded request are left out: nothing is known of them.
 */
export async function predictOutcomes(evidence: Evidence): Promise<readonly Prediction[]> {
  return predictionsFrom(evidence.run, await dependenciesOf(evidence));
}

/** The same, from what is known of the routes already. */
export function predictionsFrom(run: RunRecord, known: Dependencies): readonly Prediction[] {
  return known.routes
    .filter(({ good }) => good > 0)
    .flatMap(({ route }) =>
      run.system.edges.flatMap((edge) =>
        FAULTS.map((fault) => ({
          route,
          edge: edge.id,
          fault,
          ...predict({ run, known, route }, edge, fault),
        })),
      ),
    );
}

interface Question {
  readonly run: RunRecord;
  readonly known: Dependencies;
  readonly route: string;
}

function predict(question: Question, edge: Edge, fault: FaultKind): Climb {
  const { known, route } = question;
  const routeUse = known.routes.find((each) => each.route === route) ?? { route, requests: 0, good: 0 };
  const { kind, because } = needOf(
    routeUse,
    useOf(question, edge),
    known.apart.find((each) => each.edge === edge.id),
  );
  if (kind === 'none' || kind === 'standby') return { outcome: 'unaffected', path: [], because };
  const effect = effectOf(fault, timeoutMs(question.run, edge.id));
  const climb = climbFrom(question, edge, effect, new Set());
  const isPart = kind === 'part' && climb.outcome === 'failed';
  return {
    ...climb,
    outcome: isPart ? 'degraded' : climb.outcome,
    because: `${because}, ${climb.because}`,
  };
}

function effectOf(fault: FaultKind, limitMs: number | undefined): Effect {
  switch (fault) {
    case 'down':
    case 'reset':
      return 'fails';
    case 'latency-below':
      return 'slow';
    case 'blackhole':
      return limitMs === undefined ? 'hangs' : 'fails-late';
    case 'latency-above':
      return limitMs === undefined ? 'slow' : 'fails-late';
  }
}

/** Follows the failure of an edge's calls from caller to caller until something stands in, or the entry service fails. */
function climbFrom(question: Question, edge: Edge, effect: Effect, below: ReadonlySet<string>): Climb {
  const { run } = question;
  const path = [edge.id];
  if (effect === 'slow')
    return { outcome: 'degraded', path, because: 'it answers later, and the caller waits for it' };
  const own = effect === 'hangs' ? undefined : standInAt(question, edge);
  if (own) {
    const isLate = effect === 'fails-late' && own.outcome === 'unaffected';
    const outcome = isLate ? 'degraded' : own.outcome;
    return { outcome, path, because: isLate ? `${own.because}, when the time-out is over` : own.because };
  }
  const callers = run.system.edges.filter(
    (each) => each.to === edge.from && each.id !== edge.id && !below.has(each.id) && isWaited(question, each),
  );
  if (callers.length === 0 || edge.from === run.system.entry)
    return { outcome: 'failed', path, because: endOf(run, edge, effect) };
  const climbs = callers.map((caller) => {
    const isEnded = effect === 'hangs' && timeoutMs(run, caller.id) !== undefined;
    return climbFrom(question, caller, isEnded ? 'fails-late' : effect, new Set([...below, edge.id]));
  });
  const outcome = climbs.map((climb) => climb.outcome).reduce(worse, 'unaffected');
  const worst = climbs.find((climb) => climb.outcome === outcome);
  return { outcome, path: [...path, ...(worst?.path ?? [])], because: worst?.because ?? '' };
}

function endOf({ load }: RunRecord, { from }: Edge, effect: Effect): string {
  return effect === 'hangs'
    ? `nobody has a time-out up to ${from}, so the client gives up after ${number(load.timeoutMs)} ms`
    : `and nothing stands in at ${from}`;
}

/** What stands in for a failed call: what was seen to, else what is declared to, else that nothing depends on it. */
function standInAt(question: Question, edge: Edge): Pick<Climb, 'outcome' | 'because'> | undefined {
  const { run, known, route } = question;
  const use = useOf(question, edge);
  const seen = use && seenStandIn(use, known);
  if (seen && seen.outcome !== 'failed') return seen;
  const declared = declaredStandIn(run, route, edge.id);
  if (seen || declared) return seen ?? declared;
  const isLast = use !== undefined && use.last === use.using;
  const isLow = run.system.services[edge.to]?.criticality === 'low';
  if (!isLast || !isLow) return undefined;
  return {
    outcome: 'unaffected',
    because: `${edge.to} is declared to be of low criticality, and no call of ${edge.from} follows: the answer hardly depends on it, but what it does is lost`,
  };
}

function useOf({ known, route }: Question, edge: Edge): EdgeUse | undefined {
  return known.uses.find((use) => use.route === route && use.edge === edge.id);
}

function isWaited(question: Question, edge: Edge): boolean {
  const use = useOf(question, edge);
  return use !== undefined && use.waiting > 0;
}
