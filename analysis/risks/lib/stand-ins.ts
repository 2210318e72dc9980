import type { RunRecord } from '../../../harness/contracts.ts';
import type { Outcome } from '../outcomes.ts';
import type { Dependencies, EdgeUse } from './dependencies.ts';
import { number } from './text.ts';

/** Requests with a failed call without which nothing is concluded from what became of them. */
const LEAST_FAILED = 3;
/** Share of them with a good answer from which on the failure counts as made good, and below which it does not. */
const RESCUED_SHARE = 0.9;

export interface StandIn {
  readonly outcome: Outcome;
  readonly because: string;
}

/**
 * What becomes of a route's requests whose last call over an edge failed, as it was seen; undefined when that happened
 * too seldom, or now so, now so.
 */
export function seenStandIn(use: EdgeUse, { instead }: Dependencies): StandIn | undefined {
  const { failed, rescued, rescuedOtherwise, route, edge } = use;
  if (failed < LEAST_FAILED) return undefined;
  const seen = `seen: ${number(rescued)} of ${number(failed)} requests whose call failed had a good answer`;
  if (rescued <= failed * (1 - RESCUED_SHARE)) return { outcome: 'failed', because: seen };
  if (rescued < failed * RESCUED_SHARE) return undefined;
  const others = instead.filter((each) => each.route === route && each.edge === edge);
  const by = others.length > 0 ? `, after a call over ${others.map((each) => each.instead).join(', ')}` : '';
  const isOther = rescuedOtherwise * 2 > rescued;
  return {
    outcome: isOther ? 'degraded' : 'unaffected',
    because: `${seen}${isOther ? ' of another kind' : ''}${by}`,
  };
}

/** What the mitigations that were on claim to do when a call of the route over the edge fails. */
export function declaredStandIn(run: RunRecord, route: string, edge: string): StandIn | undefined {
  const [claim] = protectionsOn(run, edge).filter(({ standIn }) => standIn?.routes.includes(route));
  if (!claim?.standIn) return undefined;
  return { outcome: claim.standIn.outcome, because: `declared: ${claim.mitigation} stands in` };
}

/** Time after which a call over the edge ends, by the mitigations that were on; undefined when none says so. */
export function timeoutMs(run: RunRecord, edge: string): number | undefined {
  const limits = protectionsOn(run, edge).flatMap((each) => each.timeoutMs ?? []);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

function protectionsOn({ system, build }: RunRecord, edge: string) {
  // A system without builds has all of its mitigations on.
  const isOn = (id: string): boolean => build?.on.includes(id) ?? true;
  return (system.protections ?? []).filter((each) => each.edge === edge && isOn(each.mitigation));
}
