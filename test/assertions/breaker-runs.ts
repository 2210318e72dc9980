/** Runs in which the orders meet the circuit breaker of payment-service in the states that a test gives them. */
import breakerOpenedAndClosed from '../../assertions/breaker-opened-and-closed.ts';
import type { BoundAssertion } from '../../harness/contracts.ts';
import { healthyRequests, type RequestSpec, type Tables } from '../evidence/fixture.ts';

type Options = Parameters<typeof breakerOpenedAndClosed.with>[0];

/** The assertion on that breaker. */
export const breakerWith = (options: Partial<Options> = {}): BoundAssertion =>
  breakerOpenedAndClosed.with({ edge: 'payment-to-stripe', span: 'payment.charge', ...options });

/** With fewer failures than the fault phase has orders. */
export const early = breakerWith({ failuresToOpen: 10 });

export type Order = Partial<RequestSpec>;
export const TIMED_OUT: Order = { outcome: 'error', latencyMs: 3060, breaker: 'closed' };
export const REFUSED: Order = { outcome: 'error', latencyMs: 60, breaker: 'open' };
export const PROBE: Order = { outcome: 'error', latencyMs: 3060, breaker: 'half_open' };

export const times = (amount: number, order: Order): Order[] => Array(amount).fill(order);

export const isOrder = ({ route }: RequestSpec): boolean => route === 'order-create';

/** The healthy requests, with the orders of a phase as they are given. */
export function withOrders(phase: RequestSpec['phase'], orders: readonly Order[]): RequestSpec[] {
  const left = [...orders];
  return healthyRequests().map((request) =>
    isOrder(request) && request.phase === phase ? { route: request.route, phase, ...left.shift() } : request,
  );
}

export const ALL_TIMED_OUT = withOrders('fault', times(17, TIMED_OUT));

export function isStripeCall({ service, kind }: Tables['recording'][number]): boolean {
  return service === 'payment-service' && kind === 'client';
}
