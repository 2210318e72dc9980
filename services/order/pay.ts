import { CURRENCY } from '../lib/catalogue.ts';
import { expectSuccess, type ServiceClient } from '../lib/client.ts';
import type { Deadline } from '../lib/deadline.ts';
import type { Order } from './store.ts';

export interface Payment {
  readonly payment: ServiceClient;
  readonly timeoutMs: number;
}

/** Charges for the order, once however often it is called. Throws HttpError 402 when declined. */
export async function pay({ payment, timeoutMs }: Payment, order: Order, deadline: Deadline): Promise<void> {
  using limit = deadline.shortened(timeoutMs);
  const { id: orderId, amount, paymentToken } = order;
  const body = JSON.stringify({ orderId, amount, currency: CURRENCY, paymentToken });
  const call = { method: 'POST', path: '/charges', body, deadline: limit } as const;
  expectSuccess(payment.name, await payment.callAgain(call));
}

/** The order will not be fulfilled: what was or will be charged for it goes back. */
export async function cancelPayment(
  { payment, timeoutMs }: Payment,
  orderId: string,
  deadline: Deadline,
): Promise<void> {
  using limit = deadline.shortened(timeoutMs);
  const call = { method: 'POST', path: `/charges/${orderId}/cancel`, deadline: limit } as const;
  expectSuccess(payment.name, await payment.callAgain(call));
}
