import { books } from './books.ts';
import { mitigations } from './mitigations.ts';
import { traffic } from './traffic.ts';

/** How each service is started: telemetry first, so that it is set up before the application loads. */
const command = (file: string) =>
  ['node', '--import', './services/telemetry.ts', `./services/${file}.ts`] as const;

/** Addresses of the database, as the pg driver wants them. */
const DATABASE = {
  variable: 'DATABASE_URL',
  value: 'postgres://chaoscope@{address}/shop',
  timeoutMs: 1000,
  connections: 10,
} as const;

/** The reference shop, described for whoever runs it, loads it and breaks it. */
export default {
  name: 'shop',

  // Callees first: a service is started when those that it calls are ready.
  services: {
    'stripe-api': {
      command: command('stripe'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'external',
      criticality: 'critical',
    },
    'backup-pay-api': {
      command: command('backup-pay'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'external',
      criticality: 'high',
    },
    'notification-service': {
      command: command('notification'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'internal',
      criticality: 'low',
    },
    'inventory-service': {
      command: command('inventory'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'internal',
      criticality: 'high',
    },
    'payment-service': {
      command: command('payment'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'internal',
      criticality: 'critical',
    },
    'order-service': {
      command: command('order'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'internal',
      criticality: 'critical',
    },
    'auth-service': {
      command: command('auth'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'internal',
      criticality: 'critical',
    },
    'api-gateway': {
      command: command('api-gateway'),
      ready: '/ready',
      metrics: '/metrics',
      kind: 'internal',
      criticality: 'critical',
    },
  },

  // The time-outs and connections are the defaults of the callers' settings; a test compares them.
  edges: [
    { id: 'gateway-to-auth', from: 'api-gateway', to: 'auth-service', variable: 'AUTH_URL', timeoutMs: 500 },
    {
      id: 'gateway-to-inventory',
      from: 'api-gateway',
      to: 'inventory-service',
      variable: 'INVENTORY_URL',
      timeoutMs: 1500,
    },
    {
      id: 'gateway-to-order',
      from: 'api-gateway',
      to: 'order-service',
      variable: 'ORDER_URL',
      timeoutMs: 5000,
    },
    {
      id: 'order-to-inventory',
      from: 'order-service',
      to: 'inventory-service',
      variable: 'INVENTORY_URL',
      timeoutMs: 1000,
    },
    {
      id: 'order-to-payment',
      from: 'order-service',
      to: 'payment-service',
      variable: 'PAYMENT_URL',
      timeoutMs: 4500,
    },
    {
      id: 'order-to-notification',
      from: 'order-service',
      to: 'notification-service',
      variable: 'NOTIFICATION_URL',
      timeoutMs: 500,
    },
    {
      id: 'payment-to-stripe',
      from: 'payment-service',
      to: 'stripe-api',
      variable: 'STRIPE_URL',
      timeoutMs: 3000,
    },
    {
      id: 'payment-to-backup',
      from: 'payment-service',
      to: 'backup-pay-api',
      variable: 'BACKUP_URL',
      timeoutMs: 1000,
    },
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

  books,

  // Work that goes on when the last answer is given; until it is done, the books are not final.
  openWork: [
    { title: 'outbox entries', sql: 'SELECT count(*) FROM outbox WHERE done_at IS NULL' },
    { title: 'open orders', sql: "SELECT count(*) FROM orders WHERE state IN ('pending', 'accepted')" },
    {
      title: 'charges of unknown outcome',
      sql: "SELECT count(*) FROM payments WHERE state IN ('pending', 'unknown')",
    },
  ],

  mitigations,
  builds: [
    { id: 'resilient', title: 'with every mitigation', mitigations: mitigations.map(({ id }) => id) },
    { id: 'naive', title: 'as the exercise found it', mitigations: [] },
  ],
} as const;
