/** The spans of the traces that the generator makes: those of real runs of the reference shop, with their attributes. */
import { order, PAYMENTS } from './order-shapes.ts';
import { type SpanShape, Trace } from './shape-builder.ts';

/** The spans by variant; an order has 32 to 37. */
export function shapes(): Readonly<Record<string, readonly SpanShape[]>> {
  return {
    'product-list': productList(),
    'product-page': productPage(),
    health: health(),
    ...Object.fromEntries(Object.entries(PAYMENTS).map(([variant, payment]) => [variant, order(payment)])),
    notice: notice(),
  };
}

function health(): readonly SpanShape[] {
  const trace = new Trace();
  trace.server(-1, 'api-gateway', 'GET', ['/health'], [0, 0.7], 200);
  return trace.spans;
}

/** From the gateway's cache. */
function productList(): readonly SpanShape[] {
  const trace = new Trace();
  trace.server(-1, 'api-gateway', 'GET', ['/api/products'], [0, 3], 200);
  return trace.spans;
}

function productPage(): readonly SpanShape[] {
  const trace = new Trace();
  const entry = trace.server(
    -1,
    'api-gateway',
    'GET',
    ['/api/products/:id', '/api/products/$product'],
    [0, 12],
    200,
  );
  const served = trace.call(
    entry,
    'api-gateway',
    ['inventory-service', 'GET', '/products/:id', '/products/$product'],
    [
      [1, 11],
      [2, 9],
    ],
    200,
  );
  trace.statement(
    served,
    'inventory-service',
    'read_product',
    'SELECT id, name, price, stock FROM products WHERE id = $1',
    4,
  );
  return trace.spans;
}

/** The outbox is sent in a trace of its own. */
function notice(): readonly SpanShape[] {
  const trace = new Trace();
  const root = trace.add(null, ['order-service', 'outbox.relay', 'internal'], [0, 6], {
    attributes: { 'order.id': '$order' },
  });
  const times = [
    [0.5, 5],
    [1, 4],
  ] as const;
  trace.call(root, 'order-service', ['notification-service', 'POST', '/notifications'], times, 202);
  return trace.spans;
}
