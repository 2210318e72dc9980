import type { RunRecord } from '../../../harness/contracts.ts';
import { number } from '../../lib/text.ts';
import type { Outcome } from '../outcomes.ts';
import type { Dependencies, EdgeUse } from './dependencies.ts';

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
  const claim = run.system.protections?.find(
    (each) => each.edge === edge && each.standIn?.routes.includes(route) && isOn(run, each.mitigation),
  );
  if (!claim?.standIn) return undefined;
  return { outcome: claim.standIn.outcome, because: `declared: ${claim.mitigation} stands in` };
}

/**
 * How long the caller of an edge waits, with the mitigations that were on; undefined = as long as it takes. A time-out that
 * is no mitigation's doing is always there.
 */
export function timeoutMs(run: RunRecord, id: string): number | undefined {
  const limit = run.system.edges.find((edge) => edge.id === id)?.timeoutMs;
  const { protections } = run.system;
  // Of a run of before protections were recorded only this is known: with nothing switched off all time-outs are there.
  if (!protections) return (run.build?.off ?? []).length === 0 ? limit : undefined;
  const givers = protections.filter((each) => each.edge === id && each.timeout);
  return givers.length === 0 || givers.some(({ mitigation }) => isOn(run, mitigation)) ? limit : undefined;
}

/** A system without builds has all of its mitigations on. */
function isOn({ build }: RunRecord, mitigation: string): boolean {
  return build?.on.includes(mitigation) ?? true;
}
