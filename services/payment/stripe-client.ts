import { Agent } from 'node:http';
import axios, { AxiosError } from 'axios';
import { z } from 'zod';

export interface ChargeRequest {
  readonly orderId: string;
  /** In minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly paymentToken: string;
}

/** The provider did not do its work: the breaker counts these. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  /** Whether it may have charged all the same, since the answer is what is missing. */
  readonly timedOut: boolean;

  constructor(message: string, options: { timedOut: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.timedOut = options.timedOut;
  }
}

/** The provider refused the request: declined, or not acceptable. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Charges once for each order, however often it is called; resolves to the charge's id. */
export type Charge = (request: ChargeRequest) => Promise<string>;

const chargeSchema = z.object({ id: z.string() });
const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** A client of the payment provider. `timeoutMs` limits the whole call; 0 = no limit. */
export function createStripeClient(baseUrl: string, timeoutMs: number): Charge {
  const http = axios.create({
    baseURL: baseUrl,
    timeout: timeoutMs,
    timeoutErrorMessage: `no answer within ${timeoutMs} ms`,
    transitional: { clarifyTimeoutError: true },
    // Hundreds of calls wait when the provider is slow; none may wait for another's connection.
    httpAgent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 }),
    // Plain node:http below, whatever proxies the environment names.
    proxy: false,
    maxRedirects: 0,
    // Every status is judged here.
    validateStatus: () => true,
  });
  return async ({ orderId, amount, currency, paymentToken }) => {
    const form = new URLSearchParams({
      amount: String(amount),
      currency,
      source: paymentToken,
      'metadata[order_id]': orderId,
    });
    const headers = { 'idempotency-key': orderId };
    const { status, data } = await http
      .post('/v1/charges', form.toString(), { headers })
      .catch((thrown: unknown) => {
        throw failureOf(thrown);
      });
    if (status >= 500) throw new ProviderFailure(`the provider answered ${status}`, { timedOut: false });
    if (status >= 400) throw refusalOf(status, data);
    const charge = chargeSchema.safeParse(data);
    if (!charge.success)
      throw new ProviderFailure('the provider answered without a charge', { timedOut: true });
    return charge.data.id;
  };
}

function failureOf(cause: unknown): ProviderFailure {
  const timedOut = cause instanceof AxiosError && cause.code === AxiosError.ETIMEDOUT;
  // A refused connection has an empty message, when several addresses were tried.
  const why =
    cause instanceof Error ? cause.message || ('code' in cause && cause.code) || cause.name : String(cause);
  return new ProviderFailure(`payment provider: ${why}`, { timedOut, cause });
}

function refusalOf(status: number, data: unknown): ProviderRefusal {
  const { error } = errorSchema
    .catch({ error: { code: 'refused', message: `refused (${status})` } })
    .parse(data);
  return new ProviderRefusal(error.code, error.message);
}
