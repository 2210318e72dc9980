import { hash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { PlannedRequest, Random, Route, Segment } from '../contracts.ts';

/**
 * The requests of a segment, made one by one. Each depends on the seed and on its own number only, so that
 * the same seed gives the same plan whatever the rate and the phases are, and any request can be made again alone.
 */
export function* plan(seed: number, traffic: readonly Route[], segment: Segment): Generator<PlannedRequest> {
  const total = traffic.reduce((sum, route) => sum + route.weight, 0);
  const count = requestsOf(segment);
  for (let index = 0; index < count; index++)
    yield plannedRequest(seed, traffic, total, segment.firstSeq + index);
}

/** How many requests a segment has: rate x duration, rounded down to whole requests. */
export function requestsOf(segment: Pick<Segment, 'rate' | 'durationS'>): number {
  return Math.floor(segment.rate * segment.durationS + 1e-9);
}

function plannedRequest(
  seed: number,
  traffic: readonly Route[],
  totalWeight: number,
  seq: number,
): PlannedRequest {
  // A cryptographic hash, since samplers decide by the bits of the trace id: they must be as good as random.
  const digest = hash('sha512', `chaoscope ${seed} ${seq}`, 'hex');
  const word = (from: number): number => Number.parseInt(digest.slice(from, from + 8), 16) | 0;
  const generator = xoroshiro128plusFromState([word(48), word(56), word(64), word(72)]);
  const random: Random = () => uniformFloat64(generator);
  const route = pick(traffic, random() * totalWeight);
  return {
    seq,
    traceId: digest.slice(0, 32),
    spanId: digest.slice(32, 48),
    route: route.id,
    ...route.request(random, `${seed}-${seq}`),
  };
}

function pick(traffic: readonly Route[], point: number): Route {
  let rest = point;
  for (const route of traffic) {
    rest -= route.weight;
    if (rest < 0) return route;
  }
  const last = traffic.at(-1);
  if (!last) throw new Error('a system needs at least one route in its traffic');
  return last;
}

/** Rates and shares of the steps by which the load is brought up, so that just-in-time compilers and pools are warm. */
const WARM_UP_STEPS = [0.1, 0.25, 0.5, 0.75, 1] as const;

/**
 * The segments of a run: warm-up steps of equal length, then one segment of constant rate for all measured phases,
 * so that the load does not pause between them.
 */
export function segments(rate: number, warmupS: number, measuredS: number): readonly Segment[] {
  const list: Segment[] = [];
  let firstSeq = 0;
  const add = (name: string, segmentRate: number, durationS: number): void => {
    const segment = { name, rate: segmentRate, durationS, firstSeq };
    list.push(segment);
    firstSeq += requestsOf(segment);
  };
  if (warmupS > 0) {
    for (const share of WARM_UP_STEPS)
      add(`warmup-${share * 100}%`, Math.max(1, Math.round(rate * share)), warmupS / WARM_UP_STEPS.length);
  }
  add('measured', rate, measuredS);
  return list;
}
