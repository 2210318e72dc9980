import express, { type Request } from 'express';
import { z } from 'zod';
import { HttpError } from '../lib/http-error.ts';
import { addReadiness, createApp, sendJson, serve } from '../lib/server.ts';
import { validated } from '../lib/validate.ts';
import { lotOf } from './draw.ts';
import { ChargeLedger } from './ledger.ts';
import type { ProviderSettings } from './settings.ts';

const chargeSchema = z.object({
  amount: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number of the minor unit')
    .transform(Number),
  currency: z.string().length(3),
  source: z.string().max(64),
  'metadata[order_id]': z.string().max(64),
});
const refundSchema = z.object({ charge: z.string().min(1).max(64) });

const form = express.urlencoded({ extended: false, limit: '16kb' });

/**
 * Serves a stand-in for a payment provider, which is an outside service. It behaves like Stripe where it matters here:
 * form-encoded charges, idempotency keys, stored failures, declined cards (402), refunds, and a slow tail.
 * @param prefix of its charges' ids
 */
export function serveProvider(settings: ProviderSettings, prefix: string): void {
  const ledger = new ChargeLedger(settings, prefix);
  const app = createApp();
  addReadiness(app);

  app.post('/v1/charges', form, async (request, response) => {
    const body = validated(chargeSchema, request.body, 'parameter_invalid', 'the charge is not valid');
    const { amount, currency, source, 'metadata[order_id]': orderId } = body;
    const key = keyOf(request);
    const lot = lotOf(request.get('traceparent'), key);
    sendJson(response, 200, await ledger.charge(key, { amount, currency, source, orderId }, lot));
  });

  app.get('/v1/charges', (_request, response) => sendJson(response, 200, ledger.charges));

  app.get('/v1/keys/:key', (request, response) => {
    const found = ledger.find(request.params.key);
    if (!found) throw new HttpError(404, 'resource_missing', 'this Idempotency-Key was never used');
    sendJson(response, 200, found);
  });

  app.post('/v1/keys/:key/void', (request, response) => {
    ledger.void(request.params.key);
    sendJson(response, 200, { status: 'voided' });
  });

  app.post('/v1/refunds', form, (request, response) => {
    const { charge } = validated(refundSchema, request.body, 'parameter_invalid', 'the refund is not valid');
    sendJson(response, 200, ledger.refund(charge));
  });

  serve(app, settings.PORT);
}

function keyOf(request: Request): string {
  const key = request.get('idempotency-key');
  if (!key || key.length > 255)
    throw new HttpError(400, 'idempotency_key_missing', 'send an Idempotency-Key of at most 255 characters');
  return key;
}
