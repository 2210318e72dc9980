import { CUSTOMERS, PRODUCTS } from './lib/catalogue.ts';
import { DEVELOPMENT_SECRET, signToken } from './lib/tokens.ts';

type Random = () => number;

/**
 * What the shop's customers ask for, and how often, in per cent: lists are looked at more often than pages, and an order
 * follows a dozen looks. All randomness comes from `random`, so a seed gives the same plan.
 */
export const traffic = [
  { id: 'product-list', weight: 80, request: (_random: Random, _unique: string) => get('/api/products') },
  {
    id: 'product-page',
    weight: 10,
    request: (random: Random, _unique: string) => get(`/api/products/${oneTo(PRODUCTS, random)}`),
  },
  { id: 'order', weight: 8, request: order },
  {
    id: 'health',
    weight: 2,
    request: (random: Random, _unique: string) => get(random() < 0.5 ? '/health' : '/ready'),
  },
] as const;

function get(path: string) {
  return { method: 'GET', path };
}

/** An order of one to three products; `unique` goes along as its reference, so that the books can be joined to it. */
function order(random: Random, unique: string) {
  const customer = oneTo(CUSTOMERS, random);
  const products = new Set<number>();
  for (let wanted = oneTo(3, random); products.size < wanted; ) products.add(oneTo(PRODUCTS, random));
  const items = [...products].map((productId) => ({ productId, quantity: oneTo(3, random) }));
  return {
    method: 'POST',
    path: '/api/orders',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(customer)}` },
    body: JSON.stringify({ reference: unique, items }),
  };
}

function oneTo(limit: number, random: Random): number {
  return 1 + Math.floor(random() * limit);
}

const tokens = new Map<number, string>();

function tokenOf(customer: number): string {
  const known = tokens.get(customer);
  if (known) return known;
  const token = signToken(`c-${customer}`, DEVELOPMENT_SECRET);
  tokens.set(customer, token);
  return token;
}
