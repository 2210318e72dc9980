/** The other tables of a generated run, as SQL over `requests` and `shapes`. */
import type { Phase } from '../../harness/contracts.ts';
import { isRescued, type OrderVariant, PAYMENTS } from './order-shapes.ts';

const VARIANTS = Object.keys(PAYMENTS).filter((name): name is OrderVariant => Object.hasOwn(PAYMENTS, name));
const among = (variants: readonly OrderVariant[]): string =>
  `variant IN (${variants.map((name) => `'${name}'`).join(', ')})`;
/** Orders that Stripe charged after it was given up: it was paid back. */
const REFUNDED = among(
  VARIANTS.filter((name) => isRescued(PAYMENTS[name]) && PAYMENTS[name].stripe.length > 0),
);
const RESCUED = among(VARIANTS.filter((name) => isRescued(PAYMENTS[name])));

/** The client's time: the entry span's and the way to it and back. */
export const LEDGER = `
  SELECT seq, trace_id, span_id, phase, route, CASE WHEN route = 'order' THEN 'POST' ELSE 'GET' END AS method,
    CASE route WHEN 'order' THEN '/api/orders' WHEN 'health' THEN '/health' WHEN 'product-list' THEN '/api/products'
         ELSE '/api/products/' || (1 + chance % 200) END AS path,
    due_us, sent_us, round(s.until_us * factor)::BIGINT + 700 AS latency_us,
    CASE WHEN route = 'order' THEN 201 ELSE 200 END AS status, NULL::VARCHAR AS error, 1385::BIGINT AS bytes_in
  FROM requests JOIN (SELECT variant, max(until_us) AS until_us FROM shapes GROUP BY variant) s USING (variant)`;

/** Book name -> query. */
export const BOOKS: Readonly<Record<string, string>> = {
  orders: `
    SELECT order_id AS id, '1-' || seq AS reference, trace_id, customer AS customer_id, 'paid' AS state, false AS accepted,
           total AS amount, len(items) AS items_count, to_json(items)::VARCHAR AS items, sent_us::DOUBLE AS created_us
    FROM requests WHERE route = 'order'`,
  payments: `
    SELECT order_id, 'stripe' AS provider, 1::BIGINT AS attempt, total AS amount, 'eur' AS currency,
           CASE WHEN ${REFUNDED} THEN 'refunded' ELSE 'charged' END AS state, 'ch_' || seq AS charge_id
    FROM requests WHERE route = 'order' AND (${REFUNDED} OR NOT ${RESCUED})
    UNION ALL SELECT order_id, 'backup', 1, total, 'eur', 'charged', 'bk_' || seq FROM requests WHERE ${RESCUED}`,
  charges: `
    SELECT 'ch_' || seq AS id, order_id || '-1' AS idempotency_key, order_id, total AS amount, 'eur' AS currency,
           'succeeded' AS status, CASE WHEN ${REFUNDED} THEN total ELSE 0 END AS refunded, sent_us AS created_us
    FROM requests WHERE route = 'order' AND (${REFUNDED} OR NOT ${RESCUED})`,
  backup_charges: `
    SELECT 'bk_' || seq AS id, order_id || '-1' AS idempotency_key, order_id, total AS amount, 'eur' AS currency,
           'succeeded' AS status, 0::BIGINT AS refunded, sent_us AS created_us
    FROM requests WHERE ${RESCUED}`,
  reservations: `
    SELECT order_id, item.productId AS product_id, item.quantity AS quantity, 'reserved' AS state
    FROM (SELECT order_id, unnest(items) AS item FROM requests WHERE route = 'order')`,
  stock: `
    SELECT p.id AS product_id, 10000000 - coalesce(sum(r.item.quantity), 0)::BIGINT AS stock, 10000000::BIGINT AS initial_stock
    FROM range(1, 201) AS p(id)
    LEFT JOIN (SELECT unnest(items) AS item FROM requests WHERE route = 'order') r ON r.item.productId = p.id GROUP BY p.id`,
  outbox: `
    SELECT seq AS id, 'notify' AS topic, order_id, sent_us::DOUBLE AS created_us, sent_us + 5000000.0 AS done_us
    FROM requests WHERE route = 'order'`,
  notifications: `
    SELECT seq AS id, order_id, customer AS customer_id, 'order_paid' AS kind, 1::BIGINT AS deliveries
    FROM requests WHERE route = 'order'`,
};

const PARTS = [
  'api-gateway',
  'order-service',
  'payment-service',
  'inventory-service',
  'collector',
  'jaeger',
  'vegeta',
];

/** A sample a second: a machine of two cores, 85 % busy, and a Collector that recorded all that it accepted. */
export function gaugesSql(phases: readonly Phase[], spans: number): string {
  const startUs = Math.min(...phases.map((phase) => phase.startUs));
  const seconds = (Math.max(...phases.map((phase) => phase.endUs)) - startUs) / 1e6 + 15;
  const rows: readonly (readonly [part: string, metric: string, labels: string, value: string])[] = [
    ['machine', 'cpu_seconds', '{"mode":"busy"}', 's * 1.7'],
    ['machine', 'cpu_seconds', '{"mode":"idle"}', 's * 0.29'],
    ['machine', 'cpu_seconds', '{"mode":"steal"}', 's * 0.01'],
    ['machine', 'cores', '{}', '2'],
    ...PARTS.flatMap((part) => [
      [part, 'process_cpu_seconds', '{}', 's * 0.2'] as const,
      [part, 'process_resident_bytes', '{}', '9e7'] as const,
    ]),
    [
      'collector',
      'otelcol_receiver_accepted_spans',
      '{"receiver":"otlp"}',
      `floor(${spans} * least(s / ${seconds - 5}, 1))`,
    ],
    ['collector', 'otelcol_receiver_refused_spans', '{"receiver":"otlp"}', '0'],
    ['collector', 'otelcol_receiver_failed_spans', '{"receiver":"otlp"}', '0'],
    ['collector', 'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early', '{}', '0'],
    ['collector', 'otelcol_exporter_send_failed_spans', '{}', '0'],
  ];
  return rows
    .map(
      ([part, metric, labels, value]) =>
        `SELECT ${startUs} + s * 1000000 AS at_us, '${part}' AS part, '${metric}' AS metric, '${labels}' AS labels, (${value})::DOUBLE AS value FROM range(${seconds}) AS r(s)`,
    )
    .join(' UNION ALL ');
}

/** What the harness did: phases, and the fault. */
export function timelineSql(phases: readonly Phase[], faultEdge: string): string {
  const rows = phases.flatMap(({ name, startUs, endUs }) => [
    [startUs, 'phase', name, 'started'] as const,
    ...(name === 'fault'
      ? [
          [startUs + 10_000, 'fault', faultEdge, 'applied'] as const,
          [startUs + 20_000, 'fault', faultEdge, 'verified'] as const,
          [endUs, 'fault', faultEdge, 'reverted'] as const,
          [endUs + 10_000, 'fault', faultEdge, 'verified-gone'] as const,
        ]
      : []),
    [endUs, 'phase', name, 'ended'] as const,
  ]);
  const values = rows.map(
    ([atUs, kind, name, event]) => `(${atUs}::BIGINT, '${kind}', '${name}', '${event}', '{}')`,
  );
  return `SELECT * FROM (VALUES ${values.join(', ')}) AS t(at_us, kind, name, event, detail)`;
}
