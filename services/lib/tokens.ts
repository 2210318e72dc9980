import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs tokens where no other secret is set (AUTH_SECRET). For a shop that only ever runs on loopback. */
export const DEVELOPMENT_SECRET = 'chaoscope-development-secret';

/** A bearer token: the customer's id and its HMAC, `c-17.<base64url>`. */
export function signToken(customerId: string, secret: string): string {
  return `${customerId}.${signatureOf(customerId, secret).toString('base64url')}`;
}

/** The customer of a token, or undefined when it was not signed with `secret`. */
export function verifyToken(token: string, secret: string): string | undefined {
  const dot = token.lastIndexOf('.');
  if (dot < 1) return undefined;
  const customerId = token.slice(0, dot);
  const given = Buffer.from(token.slice(dot + 1), 'base64url');
  const right = signatureOf(customerId, secret);
  // The time of the comparison must not tell how much of a forged signature is right.
  return given.length === right.length && timingSafeEqual(given, right) ? customerId : undefined;
}

function signatureOf(customerId: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(customerId).digest();
}
