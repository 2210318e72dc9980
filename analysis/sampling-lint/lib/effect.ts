/** What traces cost: in a second, in a day, in storage and in money. */

import { number } from '../../lib/text.ts';
import type { TraceClass } from './classes.ts';
import type { Effect, Expectations } from './rule.ts';
import { figure, money } from './text.ts';

export const SECONDS_PER_DAY = 86_400;
export const BYTES_PER_GB = 1e9;

export interface Volume {
  readonly tracesPerS: number;
  readonly gbPerDay: number;
  readonly moneyPerDay: number;
}

export function volumeOf(
  tracesPerS: number,
  { bytesPerTrace, pricePerGb }: Pick<Expectations, 'bytesPerTrace' | 'pricePerGb'>,
): Volume {
  const gbPerDay = (tracesPerS * SECONDS_PER_DAY * bytesPerTrace) / BYTES_PER_GB;
  return { tracesPerS, gbPerDay, moneyPerDay: gbPerDay * pricePerGb };
}

/** The effect of `tracesPerS` traces of all the traffic; null when there are none. */
export function effectOf(
  direction: Effect['direction'],
  tracesPerS: number,
  expectations: Expectations,
): Effect | null {
  if (!(tracesPerS > 0)) return null;
  return { direction, ...volumeOf(tracesPerS, expectations), perPercentOfTraffic: false };
}

/** The effect of a share of a class; where it is not known how large the class is, for each per cent of the traffic. */
export function effectOnClass(
  direction: Effect['direction'],
  share: number,
  of: TraceClass,
  expectations: Expectations,
): Effect | null {
  const effect = effectOf(direction, share * (of.share ?? 0.01) * expectations.ratePerS, expectations);
  return effect && { ...effect, perPercentOfTraffic: of.share === null };
}

/** The effect as a sentence. */
export function effectText({ direction, perPercentOfTraffic, ...volume }: Effect): string {
  const { tracesPerS, gbPerDay, moneyPerDay } = volume;
  const start = perPercentOfTraffic ? 'For each per cent of the traffic that it is: ' : '';
  return direction === 'surplus'
    ? `${start}${figure(tracesPerS)} traces/s more than promised: ${figure(gbPerDay)} GB and ${money(moneyPerDay)} a day.`
    : `${start}${figure(tracesPerS)} promised traces/s lost: ${number(tracesPerS * SECONDS_PER_DAY)} a day, ${figure(gbPerDay)} GB worth ${money(moneyPerDay)}.`;
}
