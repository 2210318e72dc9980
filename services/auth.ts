/** auth-service: says which customer a bearer token belongs to. */

import { z } from 'zod';
import { CUSTOMERS } from './lib/catalogue.ts';
import { HttpError } from './lib/http-error.ts';
import { addReadiness, createApp, sendJson, serve } from './lib/server.ts';
import { port, readSettings } from './lib/settings.ts';
import { withSpan } from './lib/spans.ts';
import { DEVELOPMENT_SECRET, verifyToken } from './lib/tokens.ts';

const settings = readSettings({
  PORT: port,
  // What tokens are signed with.
  AUTH_SECRET: z.string().min(16, 'must have 16 characters or more').default(DEVELOPMENT_SECRET),
});

const customers: ReadonlySet<string> = new Set(
  Array.from({ length: CUSTOMERS }, (_, index) => `c-${index + 1}`),
);

const app = createApp();
addReadiness(app);

app.post('/validate', async (request, response) => {
  const customerId = await withSpan('auth.verifyToken', {}, (span) => {
    const id = customerOf(request.headers.authorization);
    span.setAttribute('auth.customer_id', id);
    return id;
  });
  sendJson(response, 200, { customerId });
});

serve(app, settings.PORT);

function customerOf(authorization: string | undefined): string {
  const token = /^Bearer (\S{1,200})$/.exec(authorization ?? '')?.[1];
  if (token === undefined)
    throw new HttpError(401, 'no_token', 'send a bearer token in the Authorization header');
  const customerId = verifyToken(token, settings.AUTH_SECRET);
  if (customerId === undefined || !customers.has(customerId))
    throw new HttpError(401, 'invalid_token', 'the bearer token is not valid');
  return customerId;
}
