import { traffic } from './traffic.ts';

/** How each service is started: telemetry first, so that it is set up before the application loads. */
const command = (file: string) =>
  ['node', '--import', './services/telemetry.ts', `./services/${file}.ts`] as const;

/** Addresses of the database, as the pg driver wants them. */
const DATABASE = { variable: 'DATABASE_URL', value: 'postgres://chaoscope@{address}/shop' } as const;

/** The reference shop, described for whoever runs it, loads it and breaks it. */
export default {
  name: 'shop',

  // Callees first: a service is started when those that it calls are ready.
  services: {
    'stripe-api': { command: command('stripe'), ready: '/ready', kind: 'external', criticality: 'critical' },
    'notification-service': {
      command: command('notification'),
      ready: '/ready',
      kind: 'internal',
      criticality: 'low',
    },
    'inventory-service': {
      command: command('inventory'),
      ready: '/ready',
      kind: 'internal',
      criticality: 'high',
    },
    'payment-service': {
      command: command('payment'),
      ready: '/ready',
      kind: 'internal',
      criticality: 'critical',
    },
    'order-service': {
      command: command('order'),
      ready: '/ready',
      kind: 'internal',
      criticality: 'critical',
    },
    'auth-service': { command: command('auth'), ready: '/ready', kind: 'internal', criticality: 'critical' },
    'api-gateway': {
      command: command('api-gateway'),
      ready: '/ready',
      kind: 'internal',
      criticality: 'critical',
    },
  },

  edges: [
    { id: 'gateway-to-auth', from: 'api-gateway', to: 'auth-service', variable: 'AUTH_URL' },
    { id: 'gateway-to-inventory', from: 'api-gateway', to: 'inventory-service', variable: 'INVENTORY_URL' },
    { id: 'gateway-to-order', from: 'api-gateway', to: 'order-service', variable: 'ORDER_URL' },
    { id: 'order-to-inventory', from: 'order-service', to: 'inventory-service', variable: 'INVENTORY_URL' },
    { id: 'order-to-payment', from: 'order-service', to: 'payment-service', variable: 'PAYMENT_URL' },
    {
      id: 'order-to-notification',
      from: 'order-service',
      to: 'notification-service',
      variable: 'NOTIFICATION_URL',
    },
    { id: 'payment-to-stripe', from: 'payment-service', to: 'stripe-api', variable: 'STRIPE_URL' },
    { id: 'inventory-to-database', from: 'inventory-service', to: 'database', ...DATABASE },
    { id: 'order-to-database', from: 'order-service', to: 'database', ...DATABASE },
    { id: 'payment-to-database', from: 'payment-service', to: 'database', ...DATABASE },
  ],

  entry: 'api-gateway',
  database: { kind: 'postgres', name: 'shop', prepare: ['node', './services/prepare-database.ts'] },
  traffic,

  promises: [
    {
      id: 'health-checks',
      title: 'Health checks are not kept',
      when: { kind: 'path', paths: ['/health', '/ready'] },
      keepPercent: 0,
    },
    { id: 'errors', title: 'Every trace with an error is kept', when: { kind: 'error' }, keepPercent: 100 },
    {
      id: 'slow',
      title: 'Every trace of two seconds or more is kept',
      when: { kind: 'slow', ms: 2000 },
      keepPercent: 100,
    },
    {
      id: 'normal',
      title: 'Five per cent of everything else are kept',
      when: { kind: 'any' },
      keepPercent: 5,
    },
  ],

  books: [
    {
      name: 'orders',
      from: {
        sql: `SELECT id::text, reference, customer_id, state, amount, items_count,
                     items::text AS items, (extract(epoch FROM created_at) * 1e6)::float8 AS created_us
              FROM orders`,
      },
    },
    {
      name: 'payments',
      from: { sql: 'SELECT order_id::text, amount, currency, state, provider_charge_id FROM payments' },
    },
    { name: 'stock', from: { sql: 'SELECT id AS product_id, stock, initial_stock FROM products' } },
    { name: 'charges', from: { service: 'stripe-api', path: '/v1/charges' } },
    { name: 'notifications', from: { service: 'notification-service', path: '/notifications' } },
  ],
} as const;
