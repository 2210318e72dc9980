import { callByHand } from '../lib/by-hand.ts';
import { expectSuccess, type ServiceClient } from '../lib/client.ts';
import type { Deadline } from '../lib/deadline.ts';

export interface Notices {
  readonly notification: ServiceClient;
  readonly timeoutMs: number;
}

export interface Notice {
  readonly orderId: string;
  readonly customerId: string;
  readonly kind: 'order_paid' | 'order_cancelled';
}

/** Tells customers, all in one call; made twice it tells once. */
export async function deliver(
  { notification, timeoutMs }: Notices,
  notices: readonly Notice[],
  deadline: Deadline,
): Promise<void> {
  using limit = deadline.shortened(timeoutMs);
  const call = {
    method: 'POST',
    path: '/notifications',
    body: JSON.stringify({ notices }),
    deadline: limit,
  } as const;
  expectSuccess(notification.name, await callByHand(notification, call));
}
