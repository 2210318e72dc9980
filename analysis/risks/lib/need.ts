import { number, percent } from '../../lib/text.ts';
import type { Apart, EdgeUse, RouteUse } from './dependencies.ts';

/** Below this variation of the times between calls they come by the clock: random arrivals have one of about 1. */
const CLOCKWORK_VARIATION = 0.5;
/** Requests with a call without which their times are not looked at. */
const LEAST_CALLS = 5;
/** Share of the calling requests that must wait for it for the call to count as waited for. */
const WAITED_SHARE = 0.5;
/** Share below which a part of the requests does without. */
const HALF = 0.5;
/** Share of the requests that may turn to a stand-in by the way, without the route being in trouble already. */
const SELDOM_SHARE = 0.05;

export type NeedKind =
  /** No request calls over the edge before its answer, or none waits for it. */
  | 'none'
  /** It is called only when another call has failed, which is seldom. */
  | 'standby'
  /** Some call for all: between two calls the earlier answer is used again. */
  | 'cached'
  /** Less than half of the requests need it. */
  | 'part'
  | 'all';

export interface Need {
  readonly kind: NeedKind;
  readonly because: string;
}

/** How much the good requests of a route need an edge, as far as their traces tell. */
export function needOf(route: RouteUse, use: EdgeUse | undefined, apart: Apart | undefined): Need {
  if (!use || use.using === 0) {
    const others = apart
      ? `; ${number(apart.calls)} calls were made after an answer, or without a request`
      : '';
    return { kind: 'none', because: `no request of the route waits for a call over it${others}` };
  }
  const { using, goodUsing, waiting, afterFailure, gapVariation } = use;
  if (waiting < using * WAITED_SHARE)
    return {
      kind: 'none',
      because: `the answer does not wait for it (${number(using - waiting)} of ${number(using)} calling requests)`,
    };
  if (afterFailure === using) {
    const because = `it is called only after another call has failed (${number(using)} of ${number(route.requests)} requests)`;
    return { kind: using < route.requests * SELDOM_SHARE ? 'standby' : 'part', because };
  }
  const share = goodUsing / Math.max(1, route.good);
  const seen = `${number(goodUsing)} of ${number(route.good)} good requests called over it`;
  if (share >= HALF) return { kind: 'all', because: seen };
  const isClockwork = gapVariation !== null && gapVariation < CLOCKWORK_VARIATION && using >= LEAST_CALLS;
  return isClockwork
    ? { kind: 'cached', because: `${seen}, evenly spaced in time: the others lived on an earlier answer` }
    : { kind: 'part', because: `${seen} (${percent(share)})` };
}
