const CHARGES = {
  id: 'text',
  idempotency_key: 'text',
  order_id: 'text',
  amount: 'integer',
  currency: 'text',
  status: 'text',
  refunded: 'integer',
  created_us: 'integer',
} as const;

/** What the shop believes when all is done, and what the providers and the customers know of it. */
export const books = [
  {
    name: 'orders',
    from: {
      sql: `SELECT id::text, reference, trace_id, customer_id, state, accepted, amount, items_count, items::text AS items,
                   (extract(epoch FROM created_at) * 1e6)::float8 AS created_us
            FROM orders`,
    },
  },
  {
    name: 'payments',
    from: {
      sql: 'SELECT order_id::text, provider, attempt, amount, currency, state, charge_id FROM payments',
    },
  },
  { name: 'stock', from: { sql: 'SELECT id AS product_id, stock, initial_stock FROM products' } },
  {
    name: 'reservations',
    from: { sql: 'SELECT order_id::text, product_id, quantity, state FROM reservations' },
  },
  {
    name: 'outbox',
    from: {
      sql: `SELECT id, topic, order_id::text, (extract(epoch FROM created_at) * 1e6)::float8 AS created_us,
                   (extract(epoch FROM done_at) * 1e6)::float8 AS done_us
            FROM outbox`,
    },
  },
  { name: 'charges', from: { service: 'stripe-api', path: '/v1/charges', columns: CHARGES } },
  { name: 'backup_charges', from: { service: 'backup-pay-api', path: '/v1/charges', columns: CHARGES } },
  {
    name: 'notifications',
    from: {
      service: 'notification-service',
      path: '/notifications',
      columns: {
        id: 'integer',
        order_id: 'text',
        customer_id: 'text',
        kind: 'text',
        deliveries: 'integer',
      },
    },
  },
] as const;
