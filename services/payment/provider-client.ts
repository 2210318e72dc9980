import { Agent } from 'node:http';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import { z } from 'zod';
import { createRetry } from '../lib/retry.ts';

export interface ChargeRequest {
  readonly orderId: string;
  /** In minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly paymentToken: string;
}

/** The provider did not do its work. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  /**
   * `no`: the request has not reached it. `maybe`: it may have charged all the same, since the answer is what is missing,
   * or says nothing of it.
   */
  readonly charged: 'no' | 'maybe';
  readonly timedOut: boolean;
  /** It was given less than half of its time, since the caller waits no longer. */
  readonly hurried: boolean;

  constructor(
    message: string,
    options: { charged: 'no' | 'maybe'; timedOut?: boolean; hurried?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.charged = options.charged;
    this.timedOut = options.timedOut ?? false;
    this.hurried = options.hurried ?? false;
  }
}

/**
 * Whether an error is the provider's fault. One that was hurried is not: callers that come late, for another's slowness, would
 * open its breaker. Of a probe it is taken for one, as it has not shown that the provider works.
 */
export function hasFailed(error: Error, isProbe: boolean): boolean {
  return error instanceof ProviderFailure && (isProbe || !error.hurried);
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

/** What has become of an idempotency key at the provider. */
export type KeyStatus = 'unused' | 'processing' | 'charged' | 'declined' | 'error' | 'voided';

/** A client of a payment provider. Every method rejects with ProviderFailure when the provider does not do its work. */
export interface ProviderClient {
  /** Of each call; 0 = none. */
  readonly timeoutMs: number;
  /**
   * Charges once for each key, however often it is called; resolves to the charge's id, or rejects with ProviderRefusal.
   * @param withinMs shortens the time-out, if there is one, and limits all tries together
   */
  charge(key: string, request: ChargeRequest, withinMs?: number): Promise<string>;
  look(key: string): Promise<{ readonly status: KeyStatus; readonly chargeId?: string | undefined }>;
  /** Sees to it that an unused key will never charge. */
  void(key: string): Promise<void>;
  refund(chargeId: string): Promise<void>;
}

const chargeSchema = z.object({ id: z.string() });
const keySchema = z.object({
  status: z.enum(['processing', 'charged', 'declined', 'error', 'voided']),
  charge: chargeSchema.optional(),
});
const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** @param timeoutMs limits each try of a call as a whole; 0 = no limit */
export function createProviderClient(baseUrl: string, timeoutMs: number): ProviderClient {
  const http = axios.create({
    baseURL: baseUrl,
    transitional: { clarifyTimeoutError: true },
    // Without a bulkhead hundreds of calls wait when the provider is slow; none may wait for another's connection.
    httpAgent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 }),
    // Plain node:http below, whatever proxies the environment names.
    proxy: false,
    maxRedirects: 0,
    // Every status is judged here.
    validateStatus: () => true,
  });
  const send = sender(http, timeoutMs);
  return {
    timeoutMs,
    async charge(key, { orderId, amount, currency, paymentToken }, withinMs) {
      const form = new URLSearchParams({
        amount: String(amount),
        currency,
        source: paymentToken,
        'metadata[order_id]': orderId,
      });
      const { status, data } = await send('POST', '/v1/charges', {
        form,
        headers: { 'idempotency-key': key },
        withinMs,
      });
      if (status >= 400) throw refusalOf(status, data);
      const charge = chargeSchema.safeParse(data);
      if (!charge.success)
        throw new ProviderFailure('the provider answered without a charge', { charged: 'maybe' });
      return charge.data.id;
    },
    async look(key) {
      const { status, data } = await send('GET', `/v1/keys/${encodeURIComponent(key)}`);
      if (status === 404) return { status: 'unused' };
      const found = keySchema.safeParse(data);
      if (!found.success) throw new ProviderFailure(`no status of the key (${status})`, { charged: 'maybe' });
      return { status: found.data.status, chargeId: found.data.charge?.id };
    },
    async void(key) {
      const { status, data } = await send('POST', `/v1/keys/${encodeURIComponent(key)}/void`);
      if (status >= 400) throw refusalOf(status, data);
    },
    async refund(chargeId) {
      const { status, data } = await send('POST', '/v1/refunds', {
        form: new URLSearchParams({ charge: chargeId }),
      });
      if (status >= 400) throw refusalOf(status, data);
    },
  };
}

interface Sent {
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number | undefined;
}

type Send = (
  method: 'GET' | 'POST',
  url: string,
  sent?: Sent,
) => Promise<{ readonly status: number; readonly data: unknown }>;

/** Sends a call, again when it was surely not received; what the provider answers with 5xx says nothing of the charge. */
function sender(http: AxiosInstance, timeoutMs: number): Send {
  const retry = createRetry((error) => error instanceof ProviderFailure && error.charged === 'no');
  return (method, url, { form, headers = {}, withinMs = Number.POSITIVE_INFINITY } = {}) => {
    const endsAt = performance.now() + withinMs;
    return retry(async () => {
      // No time-out (0) stays none.
      const timeout = Math.min(timeoutMs, Math.max(1, Math.floor(endsAt - performance.now())));
      const { status, data } = await http
        .request<unknown>({
          method,
          url,
          headers: { ...headers },
          timeout,
          timeoutErrorMessage: `no answer within ${timeout} ms`,
          ...(form ? { data: form.toString() } : {}),
        })
        .catch((thrown: unknown) => {
          throw failureOf(thrown, timeout < timeoutMs / 2);
        });
      if (status >= 500) throw new ProviderFailure(`the provider answered ${status}`, { charged: 'maybe' });
      return { status, data };
    });
  };
}

function failureOf(cause: unknown, isShort: boolean): ProviderFailure {
  const code = cause instanceof AxiosError ? cause.code : undefined;
  const timedOut = code === AxiosError.ETIMEDOUT;
  // A refused connection has an empty message, when several addresses were tried.
  const why = cause instanceof Error ? cause.message || code || cause.name : String(cause);
  return new ProviderFailure(`payment provider: ${why}`, {
    charged: code === 'ECONNREFUSED' ? 'no' : 'maybe',
    timedOut,
    hurried: timedOut && isShort,
    cause,
  });
}

function refusalOf(status: number, data: unknown): ProviderRefusal {
  const { error } = errorSchema
    .catch({ error: { code: 'refused', message: `refused (${status})` } })
    .parse(data);
  return new ProviderRefusal(error.code, error.message);
}

/** The time-out of the calls to a provider that clean up after others: never none. */
export function cleanUpTimeoutMs(timeoutMs: number): number {
  return timeoutMs > 0 ? timeoutMs : 3000;
}
