import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '../lib/http-error.ts';
import { drawOf } from './draw.ts';
import type { ProviderSettings } from './settings.ts';

export interface ChargeRequest {
  /** In minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly source: string;
  readonly orderId: string;
}

/** A charge as the provider's API and its book show it. */
export interface Charge {
  readonly id: string;
  readonly idempotency_key: string;
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  /** Minor units that were given back. */
  refunded: number;
  readonly created_us: number;
}

/** What has become of an idempotency key. */
type Outcome =
  | { readonly kind: 'processing' }
  | { readonly kind: 'charged' | 'declined'; readonly charge: Charge }
  | { readonly kind: 'error' | 'voided' };

interface Attempt {
  /** Hash of the request; empty for a key that was voided before it was used. */
  readonly fingerprint: string;
  outcome: Outcome;
  readonly settled: Promise<Outcome>;
}

const DECLINING_SOURCE = 'tok_chargeDeclined';

/**
 * The charges of one provider, in memory. By an idempotency key there is at most one charge: the same request gets the
 * same answer, a failure included, and another request with the key is an error. That is how Stripe does it
 * (https://docs.stripe.com/api/idempotent_requests).
 */
export class ChargeLedger {
  readonly #settings: ProviderSettings;
  readonly #prefix: string;
  readonly #attempts = new Map<string, Attempt>();
  readonly #charges = new Map<string, Charge>();
  #counter = 0;

  constructor(settings: ProviderSettings, prefix: string) {
    this.#settings = settings;
    this.#prefix = prefix;
  }

  get charges(): readonly Charge[] {
    return [...this.#charges.values()];
  }

  /**
   * Charges, or repeats the answer that the key has had; throws HttpError when that is no charge.
   * @param lot what is drawn by whether it fails or is declined; only that of a key's first request counts
   */
  async charge(key: string, request: ChargeRequest, lot: string): Promise<Charge> {
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const attempt = this.#attempts.get(key) ?? this.#begin(key, fingerprint, request, lot);
    const outcome = await attempt.settled;
    if (outcome.kind === 'voided')
      throw new HttpError(409, 'key_voided', 'this Idempotency-Key was voided; it charges nothing');
    if (attempt.fingerprint !== fingerprint)
      throw new HttpError(400, 'idempotency_error', 'this Idempotency-Key was used with other parameters');
    if (outcome.kind === 'error') throw new HttpError(500, 'api_error', 'something went wrong on our side');
    if (outcome.kind === 'charged') return outcome.charge;
    throw new HttpError(402, 'card_declined', 'Your card was declined.');
  }

  /** What has become of a key, or undefined when it was never used. */
  find(key: string): { readonly status: Outcome['kind']; readonly charge?: Charge } | undefined {
    const outcome = this.#attempts.get(key)?.outcome;
    if (!outcome) return undefined;
    return 'charge' in outcome ? { status: outcome.kind, charge: outcome.charge } : { status: outcome.kind };
  }

  /**
   * Sees to it that a key that was never used charges nothing, however late its request arrives. (Stripe has no such
   * call; it is the `technical cancel` that other providers have.)
   */
  void(key: string): void {
    const known = this.#attempts.get(key);
    if (known && known.outcome.kind !== 'voided')
      throw new HttpError(409, 'key_used', `this Idempotency-Key is ${known.outcome.kind}`);
    if (known) return;
    const outcome: Outcome = { kind: 'voided' };
    this.#keep(key, { fingerprint: '', outcome, settled: Promise.resolve(outcome) });
  }

  /** Gives the whole charge back; a second time does nothing. */
  refund(chargeId: string): Charge {
    const charge = this.#charges.get(chargeId);
    if (!charge || charge.status === 'failed')
      throw new HttpError(404, 'resource_missing', `there is no succeeded charge ${chargeId}`);
    charge.refunded = charge.amount;
    return charge;
  }

  #begin(key: string, fingerprint: string, request: ChargeRequest, lot: string): Attempt {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const attempt: Attempt = { fingerprint, outcome: { kind: 'processing' }, settled: promise };
    this.#keep(key, attempt);
    void this.#process(key, request, lot).then((outcome) => {
      attempt.outcome = outcome;
      resolve(outcome);
    });
    return attempt;
  }

  async #process(key: string, request: ChargeRequest, lot: string): Promise<Outcome> {
    const { SEED, PROVIDER_ERROR_PERCENT, PROVIDER_DECLINE_PERCENT } = this.#settings;
    const number = ++this.#counter;
    await sleep(this.#takesMs(number));
    const draw = drawOf(SEED, this.#prefix, lot);
    if (draw < PROVIDER_ERROR_PERCENT * 100) return { kind: 'error' };
    const declined = request.source === DECLINING_SOURCE || draw >= 10_000 - PROVIDER_DECLINE_PERCENT * 100;
    const charge: Charge = {
      id: `${this.#prefix}_${number}`,
      idempotency_key: key,
      order_id: request.orderId,
      amount: request.amount,
      currency: request.currency,
      status: declined ? 'failed' : 'succeeded',
      refunded: 0,
      created_us: Date.now() * 1000,
    };
    this.#charges.set(charge.id, charge);
    return { kind: declined ? 'declined' : 'charged', charge };
  }

  #takesMs(number: number): number {
    const { SEED, PROVIDER_SLOW_EVERY: every, PROVIDER_LATENCY_MS } = this.#settings;
    // 7919 is a prime: the slow charges are spread over the whole range.
    return every > 0 && number % every === 0 ? 2100 + ((SEED + number * 7919) % 301) : PROVIDER_LATENCY_MS;
  }

  #keep(key: string, attempt: Attempt): void {
    this.#attempts.set(key, attempt);
    for (const [oldest, { outcome }] of this.#attempts) {
      if (this.#attempts.size <= this.#settings.PROVIDER_CHARGES_KEPT) break;
      this.#attempts.delete(oldest);
      if ('charge' in outcome) this.#charges.delete(outcome.charge.id);
    }
  }
}
