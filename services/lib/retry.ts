import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { onOff, readSettings, wholeNumber } from './settings.ts';

const settings = readSettings({
  RETRIES: onOff('on'),
  // Tries beyond the first.
  RETRY_ATTEMPTS: wholeNumber(2, { min: 0, max: 100 }),
  // So many retries for a hundred calls, over time: a callee in trouble is not called ten times as often.
  RETRY_BUDGET_PERCENT: wholeNumber(10, { min: 0, max: 100_000 }),
});

/** Retries that a service may make before its calls have earned them, and that it may save up. */
const FIRST_BUDGET = 10;
const MOST_BUDGET = 20;
const FIRST_DELAY_MS = 25;
const LONGEST_DELAY_MS = 250;

/** Runs an idempotent call, and again when it fails in a way that another try may mend. */
export type Retry = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * Retries with exponential backoff and decorrelated jitter, within a budget: each call earns a share of a retry, and
 * each retry costs one, so that the load on the callee grows by that share at most. (The budget is that of Finagle:
 * a token bucket filled by calls and not by time.)
 * @param mendable whether the same call may succeed if it is made again
 */
export function createRetry(mendable: (error: Error) => boolean): Retry {
  if (settings.RETRIES === 'off' || settings.RETRY_ATTEMPTS === 0) return (call) => call();
  let budget = FIRST_BUDGET;
  // Taken here and not when the retry is made: hundreds of calls may fail before the first is tried again. The last
  // failure of a call costs one as well, though no retry comes of it.
  const takeRetry = (error: Error): boolean => {
    if (!mendable(error) || budget < 1) return false;
    budget -= 1;
    return true;
  };
  const policy = retry(handleWhen(takeRetry), {
    maxAttempts: settings.RETRY_ATTEMPTS,
    backoff: new ExponentialBackoff({ initialDelay: FIRST_DELAY_MS, maxDelay: LONGEST_DELAY_MS }),
  });
  return (call) => {
    budget = Math.min(
      budget + settings.RETRY_BUDGET_PERCENT / 100,
      Math.max(MOST_BUDGET, settings.RETRY_BUDGET_PERCENT),
    );
    return policy.execute(call);
  };
}
