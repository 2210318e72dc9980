/**
 * stripe-api: a stand-in for the payment provider, which is an outside service. It behaves like Stripe where it matters
 * here: form-encoded charges, idempotency keys, declined cards (402), and a slow tail.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { z } from 'zod';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, sendJson, serve } from './lib/server.ts';
import { milliseconds, port, readSettings, wholeNumber } from './lib/settings.ts';

const settings = readSettings({
  PORT: port,
  // How long an ordinary charge takes.
  STRIPE_LATENCY_MS: milliseconds(8),
  // Every n-th charge is one of the slow tail, 2,100 to 2,400 ms; 0 = none.
  STRIPE_SLOW_EVERY: wholeNumber(25, { min: 0, max: 1_000_000 }),
  // How many charges are kept, with their idempotency keys; the oldest go.
  STRIPE_CHARGES_KEPT: wholeNumber(200_000, { min: 1, max: 10_000_000 }),
  // Which slow charge takes how long follows from it.
  SEED: wholeNumber(1, { min: 0, max: 0xff_ff_ff_ff }),
});

const chargeSchema = z.object({
  amount: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number of the minor unit')
    .transform(Number),
  currency: z.string().length(3),
  source: z.string().max(64),
  'metadata[order_id]': z.string().max(64),
});
type ChargeRequest = z.output<typeof chargeSchema>;

interface Charge {
  readonly id: string;
  readonly idempotency_key: string;
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  readonly slow: boolean;
  readonly created_us: number;
}

/** By idempotency key, oldest first. A second request with the key waits for the first one's outcome. */
const charges = new Map<string, { readonly request: string; readonly outcome: Promise<Charge> }>();
const settled: Charge[] = [];
let counter = 0;

const app = createApp();
addReadiness(app);

app.post('/v1/charges', express.urlencoded({ extended: false, limit: '16kb' }), async (request, response) => {
  const key = request.get('idempotency-key');
  if (!key || key.length > 255)
    throw new HttpError(400, 'idempotency_key_missing', 'send an Idempotency-Key of at most 255 characters');
  const parsed = chargeSchema.safeParse(request.body);
  if (!parsed.success) throw new HttpError(400, 'parameter_invalid', z.prettifyError(parsed.error));
  const charge = await chargeOnce(key, parsed.data);
  if (charge.status === 'failed') throw new HttpError(402, 'card_declined', 'Your card was declined.');
  sendJson(response, 200, charge);
});

app.get('/v1/charges', (_request, response) => sendJson(response, 200, settled));

serve(app, settings.PORT);

function chargeOnce(key: string, request: ChargeRequest): Promise<Charge> {
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64');
  const known = charges.get(key);
  if (known && known.request !== fingerprint)
    throw new HttpError(400, 'idempotency_error', 'this Idempotency-Key was used with other parameters');
  if (known) return known.outcome;
  const outcome = charge(key, request);
  charges.set(key, { request: fingerprint, outcome });
  for (const oldest of charges.keys()) {
    if (charges.size <= settings.STRIPE_CHARGES_KEPT) break;
    charges.delete(oldest);
    settled.shift();
  }
  return outcome;
}

async function charge(key: string, request: ChargeRequest): Promise<Charge> {
  const number = ++counter;
  const slow = settings.STRIPE_SLOW_EVERY > 0 && number % settings.STRIPE_SLOW_EVERY === 0;
  // 7919 is a prime: the slow charges are spread over the whole range.
  await sleep(slow ? 2100 + ((settings.SEED + number * 7919) % 301) : settings.STRIPE_LATENCY_MS);
  const charge: Charge = {
    id: `ch_${number}`,
    idempotency_key: key,
    order_id: request['metadata[order_id]'],
    amount: request.amount,
    currency: request.currency,
    status: request.source === 'tok_chargeDeclined' ? 'failed' : 'succeeded',
    slow,
    created_us: Date.now() * 1000,
  };
  settled.push(charge);
  return charge;
}
