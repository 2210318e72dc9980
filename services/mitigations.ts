/**
 * What keeps the shop on its feet, each with the settings that switch it off. The services have all of them on by
 * themselves; the naive build has none.
 */
export const mitigations = [
  {
    id: 'stripe-timeout',
    title: 'a charge at Stripe ends after 3 s',
    off: { 'payment-service': { STRIPE_TIMEOUT_MS: '0' } },
    shownBy: { scenario: 'stripe-slow', turnsRed: ['timeout-enforced', 'degraded-as-declared'] },
    protects: [{ edge: 'payment-to-stripe', timeout: true }],
  },
  {
    id: 'circuit-breaker',
    title: 'Stripe is not called while it fails, nor for more than 64 orders at a time',
    off: { 'payment-service': { BREAKER: 'off', STRIPE_MAX_CONCURRENT: '0' } },
    shownBy: { scenario: 'stripe-slow', turnsRed: ['breaker-opened-and-closed'] },
  },
  {
    id: 'fallback-provider',
    title: 'a second provider charges when Stripe fails',
    off: { 'payment-service': { FALLBACK: 'off' } },
    shownBy: { scenario: 'stripe-down', turnsRed: ['fallback-used', 'degraded-as-declared'] },
    protects: [{ edge: 'payment-to-stripe', standIn: { routes: ['order'], outcome: 'unaffected' } }],
  },
  {
    id: 'reconciler',
    title: 'charges of unknown outcome are looked up and undone',
    off: { 'payment-service': { RECONCILER: 'off' } },
    shownBy: { scenario: 'stripe-slow', turnsRed: ['exactly-once-charge'] },
  },
  {
    id: 'retries',
    title: 'calls that may be made twice are tried again, within a budget',
    off: {
      'api-gateway': { RETRIES: 'off' },
      'order-service': { RETRIES: 'off' },
      'payment-service': { RETRIES: 'off' },
    },
    shownBy: { scenario: 'inventory-cut', turnsRed: ['degraded-as-declared'] },
  },
  {
    id: 'batch-stock-check',
    title: 'the stock of an order is checked by one call',
    off: { 'order-service': { STOCK_CHECK: 'each' } },
    shownBy: { scenario: 'inventory-sluggish', turnsRed: ['degraded-as-declared'] },
  },
  {
    id: 'outbox',
    title: 'notices and undoing are written down with the order and done later, by a job queue',
    off: { 'order-service': { OUTBOX: 'off' } },
    shownBy: { scenario: 'notification-down', turnsRed: ['notification-delivered-once'] },
    protects: [{ edge: 'order-to-notification', standIn: { routes: ['order'], outcome: 'unaffected' } }],
  },
  {
    id: 'optimistic-acceptance',
    title: 'orders are accepted while inventory-service is down, and confirmed or taken back later',
    off: { 'order-service': { OPTIMISTIC: 'off' } },
    shownBy: { scenario: 'inventory-down', turnsRed: ['degraded-as-declared'] },
    protects: [{ edge: 'order-to-inventory', standIn: { routes: ['order'], outcome: 'degraded' } }],
  },
  {
    id: 'auth-cache',
    title: 'who was signed in lately stays so while auth-service is down',
    off: { 'api-gateway': { AUTH_CACHE: 'off' } },
    shownBy: { scenario: 'auth-down', turnsRed: ['degraded-as-declared'] },
    protects: [{ edge: 'gateway-to-auth', standIn: { routes: ['order'], outcome: 'unaffected' } }],
  },
  {
    id: 'stale-product-list',
    title: 'an old product list is shown while inventory-service is down',
    off: { 'api-gateway': { STALE_LIST: 'off' } },
    shownBy: { scenario: 'inventory-down', turnsRed: ['degraded-as-declared'] },
    protects: [
      { edge: 'gateway-to-inventory', standIn: { routes: ['product-list'], outcome: 'unaffected' } },
    ],
  },
  {
    id: 'deadlines',
    title:
      'every call between services and to the database has a time-out, and what is left of it is passed down',
    off: {
      'api-gateway': { DEADLINES: 'off' },
      'order-service': { DEADLINES: 'off' },
      'payment-service': { DEADLINES: 'off' },
      'inventory-service': { DEADLINES: 'off' },
    },
    shownBy: { scenario: 'inventory-slow', turnsRed: ['degraded-as-declared'] },
    protects: [
      { edge: 'gateway-to-auth', timeout: true },
      { edge: 'gateway-to-inventory', timeout: true },
      { edge: 'gateway-to-order', timeout: true },
      { edge: 'order-to-inventory', timeout: true },
      { edge: 'order-to-payment', timeout: true },
      { edge: 'order-to-notification', timeout: true },
      { edge: 'inventory-to-database', timeout: true },
      { edge: 'order-to-database', timeout: true },
      { edge: 'payment-to-database', timeout: true },
    ],
  },
] as const;
