import type { Figures } from '../../harness/contracts.ts';
import { type ComparedPhase, LONGEST_US, type PhaseBehaviour, type RouteBehaviour } from './cascade.ts';
import type { Deadline } from './deadline.ts';
import { ms, number, percent, round } from './text.ts';

/** Windows of the settled recovery without which it is not judged. */
export const LEAST_RECOVERY_WINDOWS = 3;

export function isRecoveryJudged({ recovery }: RouteBehaviour): boolean {
  return recovery.windows >= LEAST_RECOVERY_WINDOWS;
}

export function describeRoute(route: RouteBehaviour): string {
  const phases = [route.baseline, route.fault, ...(isRecoveryJudged(route) ? [route.recovery] : [])];
  const times = phases.map(({ medianUs }) => ms(medianUs)).join(' -> ');
  const shares = phases.map(({ goodShare }) => percent(goodShare, 2)).join(' -> ');
  return `${route.route} ${route.quantile} ${times}, good ${shares}`;
}

export function describeDeadline({ route, longestUs, requests, unanswered }: Deadline): string {
  const longest = longestUs === null ? 'no answer' : `longest ${ms(longestUs)}`;
  return `${route} ${longest} of ${number(requests)}${unanswered > 0 ? `, ${number(unanswered)} without an answer` : ''}`;
}

/**
 * The numbers of a route. `AtMost` and `AtLeast` are the one-sided confidence bounds by which it is decided, null where
 * the data give none.
 */
export function routeFigures(
  behaviour: RouteBehaviour,
  { goodMarginPoints }: { readonly goodMarginPoints: number },
): Figures {
  const { route, quantile, limitUs, baseline, fault, recovery } = behaviour;
  const isJudged = isRecoveryJudged(behaviour);
  return {
    [`${route}.quantile`]: quantile,
    [`${route}.baselineMs`]: round(baseline.medianUs / 1000),
    [`${route}.faultMs`]: round(fault.medianUs / 1000),
    [`${route}.faultMsAtMost`]: mostMs(limitUs, fault),
    [`${route}.recoveryMs`]: isJudged ? round(recovery.medianUs / 1000) : null,
    [`${route}.recoveryMsAtMost`]: isJudged ? mostMs(limitUs, recovery) : null,
    [`${route}.limitMs`]: round(limitUs / 1000),
    [`${route}.baselineGoodPercent`]: round(baseline.goodShare * 100),
    [`${route}.faultGoodPercent`]: round(fault.goodShare * 100),
    [`${route}.faultGoodPercentAtLeast`]: leastGoodPercent(baseline, fault, goodMarginPoints),
    [`${route}.recoveryGoodPercent`]: isJudged ? round(recovery.goodShare * 100) : null,
    [`${route}.baselineWindows`]: baseline.windows,
    [`${route}.faultWindows`]: fault.windows,
    [`${route}.faultBadWindows`]: fault.poor.count,
    [`${route}.faultBadWindowsInARow`]: fault.poor.inARow,
    [`${route}.recoveryWindows`]: recovery.windows,
    [`${route}.recoveryBadWindows`]: isJudged ? recovery.poor.count : null,
    ...(isJudged
      ? {}
      : { [`${route}.recovery`]: `not judged: ${LEAST_RECOVERY_WINDOWS} settled windows are needed` }),
  };
}

function mostMs(limitUs: number, { comparison }: ComparedPhase): number | null {
  const boundUs = limitUs * Math.exp(comparison.time.upper);
  return boundUs < LONGEST_US ? round(boundUs / 1000) : null;
}

function leastGoodPercent(
  baseline: PhaseBehaviour,
  { comparison }: ComparedPhase,
  goodMarginPoints: number,
): number | null {
  const { upper } = comparison.good;
  if (upper === Number.POSITIVE_INFINITY) return null;
  return round(Math.max(0, baseline.goodShare * 100 - goodMarginPoints - upper * 100));
}

export function deadlineFigures({
  route,
  requests,
  longestUs,
  late,
  unanswered,
  excused,
}: Deadline): Figures {
  return {
    [`${route}.requests`]: requests,
    [`${route}.longestMs`]: longestUs === null ? null : round(longestUs / 1000),
    [`${route}.late`]: late,
    [`${route}.unanswered`]: unanswered,
    [`${route}.excused`]: excused.late + excused.gaveUp,
  };
}
