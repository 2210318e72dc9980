/** Values of attributes as OTLP/JSON writes them, to plain JSON. */
import { z } from 'zod';
import type { Json } from '../contracts.ts';

/** A wrapped value: `{ "stringValue": "x" }`; numbers may come as text. */
export type AnyValue = z.infer<typeof anyValue>;

const numeric = z.union([z.number(), z.string()]);

const anyValue = z.looseObject({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: numeric.optional(),
  doubleValue: numeric.optional(),
  bytesValue: z.string().optional(),
  get arrayValue() {
    return z.looseObject({ values: z.array(anyValue).optional() }).optional();
  },
  get kvlistValue() {
    return z.looseObject({ values: z.array(keyValueSchema).optional() }).optional();
  },
});

export const keyValueSchema = z.looseObject({ key: z.string(), value: anyValue.optional() });

export type KeyValue = z.infer<typeof keyValueSchema>;

export function objectOf(attributes: readonly KeyValue[] = []): Readonly<Record<string, Json>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainOf(value)]));
}

function plainOf(value: AnyValue | undefined): Json {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  const number = value.intValue ?? value.doubleValue;
  if (number !== undefined) return Number(number);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainOf);
  if (value.kvlistValue !== undefined) return objectOf(value.kvlistValue.values);
  return value.bytesValue ?? null;
}
