import { z } from 'zod';
import { expectSuccess, type ServiceClient } from '../lib/client.ts';
import type { Deadline } from '../lib/deadline.ts';
import { HttpError } from '../lib/http-error.ts';
import { withSpan } from '../lib/spans.ts';
import type { StaleCache } from '../lib/stale-cache.ts';

const customerSchema = z.object({ customerId: z.string() });

export interface Authentication {
  readonly auth: ServiceClient;
  /** Customer by token: whoever was known lately stays known while auth-service cannot be asked. */
  readonly known: StaleCache<string>;
  readonly timeoutMs: number;
}

/** The customer whom the bearer token belongs to; throws HttpError 401 when it is missing or not valid. */
export function authenticate(
  { auth, known, timeoutMs }: Authentication,
  authorization: string | undefined,
  deadline: Deadline,
): Promise<string> {
  return withSpan('auth.validate', {}, async (span) => {
    if (!authorization)
      throw new HttpError(401, 'no_token', 'send a bearer token in the Authorization header');
    const { value, source } = await known.get(authorization, async () => {
      using limit = deadline.shortened(timeoutMs);
      const call = {
        method: 'POST',
        path: '/validate',
        headers: { authorization },
        deadline: limit,
      } as const;
      return customerSchema.parse(expectSuccess(auth.name, await auth.callAgain(call))).customerId;
    });
    span.setAttribute('auth.source', source);
    return value;
  });
}
