import type { Edge, RunRecord } from '../../../harness/contracts.ts';
import { number } from '../../lib/text.ts';
import { type Outcome, worse } from '../outcomes.ts';
import type { Dependencies, EdgeUse } from './dependencies.ts';
import { declaredStandIn, type StandIn, seenStandIn, timeoutMs } from './stand-ins.ts';

/** What a fault makes of a call: it fails at once, or when the caller's time-out is over, or never ends, or ends later. */
export type Effect = 'fails' | 'fails-late' | 'hangs' | 'slow';

/** What is asked: what becomes of one route, by what is known of a run. */
export interface Question {
  readonly run: RunRecord;
  readonly known: Dependencies;
  readonly route: string;
}

/** How far the damage comes, by which edges, and why. */
export interface Climb {
  readonly outcome: Outcome;
  readonly path: readonly string[];
  readonly because: string;
}

/** Follows the failure of an edge's calls from caller to caller until something stands in, or the entry service fails. */
export function climbFrom(
  question: Question,
  edge: Edge,
  effect: Effect,
  below: ReadonlySet<string> = new Set(),
): Climb {
  const { run } = question;
  const path = [edge.id];
  if (effect === 'slow')
    return { outcome: 'degraded', path, because: 'it answers later, and the caller waits for it' };
  const own = effect === 'hangs' ? undefined : standInAt(question, edge);
  if (own?.outcome === 'failed') return { ...own, path: wayUp(question, edge, below) };
  if (own) {
    const isLate = effect === 'fails-late' && own.outcome === 'unaffected';
    const outcome = isLate ? 'degraded' : own.outcome;
    return { outcome, path, because: isLate ? `${own.because}, when the time-out is over` : own.because };
  }
  const callers = callersOf(question, edge, below);
  if (callers.length === 0) return { outcome: 'failed', path, because: endOf(run, edge, effect) };
  const climbs = callers.map((caller) => {
    const isEnded = effect === 'hangs' && timeoutMs(run, caller.id) !== undefined;
    return climbFrom(question, caller, isEnded ? 'fails-late' : effect, new Set([...below, edge.id]));
  });
  const outcome = climbs.map((climb) => climb.outcome).reduce(worse, 'unaffected');
  const worst = climbs.find((climb) => climb.outcome === outcome);
  return { outcome, path: [...path, ...(worst?.path ?? [])], because: worst?.because ?? '' };
}

export function useOf({ known, route }: Question, edge: Edge): EdgeUse | undefined {
  return known.uses.find((use) => use.route === route && use.edge === edge.id);
}

/** The edges over which the edge's caller is called itself on behalf of the route; none for the entry service. */
function callersOf(question: Question, edge: Edge, below: ReadonlySet<string>): readonly Edge[] {
  const { edges, entry } = question.run.system;
  if (edge.from === entry) return [];
  return edges.filter(
    (each) =>
      each.to === edge.from &&
      each.id !== edge.id &&
      !below.has(each.id) &&
      (useOf(question, each)?.waiting ?? 0) > 0,
  );
}

/** The edge and those above it, where it is known that the damage comes all the way. */
function wayUp(question: Question, edge: Edge, below: ReadonlySet<string>): readonly string[] {
  const [caller] = callersOf(question, edge, below);
  return caller ? [edge.id, ...wayUp(question, caller, new Set([...below, edge.id]))] : [edge.id];
}

function endOf({ load }: RunRecord, { from }: Edge, effect: Effect): string {
  return effect === 'hangs'
    ? `nobody has a time-out up to ${from}, so the client gives up after ${number(load.timeoutMs)} ms`
    : `and nothing stands in at ${from}`;
}

/** What stands in for a failed call: what was seen to, else what is declared to, else that nothing depends on it. */
function standInAt(question: Question, edge: Edge): StandIn | undefined {
  const { run, known, route } = question;
  const use = useOf(question, edge);
  const found = (use && seenStandIn(use, known)) ?? declaredStandIn(run, route, edge.id);
  if (found) return found;
  const isLast = use !== undefined && use.last === use.using;
  const isLow = run.system.services[edge.to]?.criticality === 'low';
  if (!isLast || !isLow) return undefined;
  return {
    outcome: 'unaffected',
    because: `${edge.to} is declared to be of low criticality, and no call of ${edge.from} follows: the answer hardly depends on it, but what it does is lost`,
  };
}
