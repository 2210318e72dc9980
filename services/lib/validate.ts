import type { z } from 'zod';
import { type FieldMessages, HttpError } from './http-error.ts';

/** The value as the schema reads it; throws HttpError 400 with `code` and a message for each wrong field. */
export function validated<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: string,
  message: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields: FieldMessages = Object.fromEntries(
    parsed.error.issues.map((issue) => [issue.path.join('.') || 'body', issue.message]),
  );
  throw new HttpError(400, code, message, { fields });
}
