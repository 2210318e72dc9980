import { trace } from '@opentelemetry/api';
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';

/** State in which a call met the breaker: `closed` = passed, `half_open` = passed as the one probe, `open` = refused. */
export type BreakerState = 'closed' | 'half_open' | 'open';

const NAMES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** Thrown in place of the call while the breaker is open. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  override readonly message = 'the circuit breaker is open: the payment provider has failed repeatedly';
}

export interface BreakerOptions {
  /** Opens after so many failures in a row. */
  readonly failures: number;
  /** Lets one probe through this long after it opened. */
  readonly halfOpenAfterMs: number;
  /** Which errors count as failures; others count as success, as the other side has answered. */
  readonly isFailure: (error: Error, isProbe: boolean) => boolean;
}

export interface Breaker {
  /** Passes a call on, telling it the state that it met; rejects with BreakerOpen without calling when that is `open`. */
  call<T>(work: (state: BreakerState) => Promise<T>): Promise<T>;
  /** Whether a call would be refused now. One that would not be may still be refused, when another is the probe. */
  refuses(): boolean;
  /**
   * Whether there is no point in asking the other side. It ends by the clock at the latest, as without calls there is no probe
   * that would close the breaker.
   */
  isSick(): boolean;
}

/** A circuit breaker. Each change of state is an event on the span in which it happened. */
export function createBreaker({ failures, halfOpenAfterMs, isFailure }: BreakerOptions): Breaker {
  let last: BreakerState = 'closed';
  const isCounted = (error: Error): boolean => isFailure(error, last === 'half_open');
  const policy = circuitBreaker(handleWhen(isCounted), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: halfOpenAfterMs,
  });
  let since = performance.now();
  policy.onStateChange((state) => {
    const now = NAMES[state];
    trace.getActiveSpan()?.addEvent('circuit_breaker.state_change', { from: last, to: now });
    last = now;
    since = performance.now();
  });
  const isRecent = (): boolean => performance.now() - since < halfOpenAfterMs;
  // Cockatiel would let calls wait for the probe, for as long as a sick provider takes; they are refused instead.
  const refuses = (): boolean => last === 'half_open' || (last === 'open' && isRecent());
  return {
    async call(work) {
      if (refuses()) throw new BreakerOpen();
      try {
        // A call that cockatiel makes though the circuit is not closed is the probe.
        return await policy.execute(() =>
          work(policy.state === CircuitState.Closed ? 'closed' : 'half_open'),
        );
      } catch (thrown) {
        throw thrown instanceof BrokenCircuitError ? new BreakerOpen() : thrown;
      }
    },
    refuses,
    isSick: () => last !== 'closed' && isRecent(),
  };
}

/** In place of a breaker: passes every call. */
export const noBreaker: Breaker = {
  call: (work) => work('closed'),
  refuses: () => false,
  isSick: () => false,
};
