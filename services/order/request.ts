import { z } from 'zod';
import { type FieldMessages, HttpError } from '../lib/http-error.ts';
import { validated } from '../lib/validate.ts';

/** What a cart holds, perhaps nothing. */
export const cartSchema = z
  .array(
    z.strictObject({ productId: z.int().positive().max(1_000_000_000), quantity: z.int().min(1).max(10) }),
  )
  .max(20)
  .refine((items) => new Set(items.map((item) => item.productId)).size === items.length, {
    error: 'name each product once',
  });
const itemsSchema = cartSchema.min(1);

const orderSchema = z.strictObject({
  /** The client's own name for the order. */
  reference: z.string().min(1).max(64).optional(),
  /** Left out = what is in the customer's cart. */
  items: itemsSchema.optional(),
  /** What the customer pays with, as the payment provider calls it. */
  paymentToken: z.string().min(1).max(64).default('tok_visa'),
});

export type OrderBody = z.output<typeof orderSchema>;
export type Items = z.output<typeof itemsSchema>;

/** The order that a client asks for; throws HttpError 400 with a message for each wrong field. */
export function parseOrder(body: unknown): OrderBody {
  return validated(orderSchema, body, 'invalid_order', 'the order is not valid');
}

/** HttpError 400 with a message for each wrong field. */
export function invalidOrder(fields: FieldMessages): HttpError {
  return new HttpError(400, 'invalid_order', 'the order is not valid', { fields });
}
