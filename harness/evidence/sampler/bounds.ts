/** How much a policy with a limit on the rate lets through at most; which traces those are is not predicted. */
import type { Condition } from './condition.ts';

/**
 * Spans that the condition lets through at most within so many seconds, whatever comes; undefined when it has no limit.
 * @param shards the processor's num_shards: each has a bucket and counters of its own
 */
export function mostSpans(condition: Condition, seconds: number, shards = 1): number | undefined {
  switch (condition.kind) {
    case 'rateLimit':
      return shards * Math.floor(condition.burstSpans + condition.spansPerSecond * seconds);
    case 'composite': {
      // Each part counts by the seconds of the clock, of which one more and a part of another may be touched.
      const perSecond = condition.of.reduce((sum, { spansPerSecond }) => sum + spansPerSecond, 0);
      return shards * perSecond * (Math.ceil(seconds) + 1);
    }
    case 'and': {
      const limits = condition.of
        .map((part) => mostSpans(part, seconds, shards))
        .filter((limit) => limit !== undefined);
      return limits.length === 0 ? undefined : Math.min(...limits);
    }
    default:
      return undefined;
  }
}
