import { BulkheadRejectedError, bulkhead } from 'cockatiel';

/** Thrown in place of the call while as many as may be are under way. */
export class BulkheadFull extends Error {
  override readonly name = 'BulkheadFull';
  override readonly message = 'the bulkhead is full: too many charges are under way at the payment provider';
}

/** Passes a call on; rejects with BulkheadFull without calling when too many are under way. */
export type Bulkhead = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * Lets at most so many calls be under way at a time, so that when the other side gets slow not everyone who comes until the
 * breaker opens waits for the time-out, to come back all at once.
 * @param most 0 = any number
 */
export function createBulkhead(most: number): Bulkhead {
  if (most === 0) return (call) => call();
  const policy = bulkhead(most);
  return async (call) => {
    try {
      return await policy.execute(call);
    } catch (thrown) {
      throw thrown instanceof BulkheadRejectedError ? new BulkheadFull() : thrown;
    }
  };
}
