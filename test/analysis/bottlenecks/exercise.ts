/** The trace of the exercise, in the formats in which it may come. */
import type { TraceFormat } from '../../../harness/trace-file/read.ts';

interface ExerciseSpan {
  readonly id: string;
  readonly parent: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly startMs: number;
  readonly ms: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const START_US = 1_700_000_000_000_000;

/** One after the other; the rest of the 4200 ms is the root's own. */
const STEPS = [
  ['auth.validate', 30, 'client', { 'peer.service': 'auth-service' }],
  [
    'db.getUser',
    25,
    'client',
    { 'db.system': 'postgresql', 'db.statement': 'SELECT * FROM users WHERE id = $1' },
  ],
  [
    'db.getCart',
    20,
    'client',
    { 'db.system': 'postgresql', 'db.statement': 'SELECT * FROM carts WHERE user_id = $1' },
  ],
  ['inventory.check (item1)', 40, 'client', { 'peer.service': 'inventory-service' }],
  ['inventory.check (item2)', 35, 'client', { 'peer.service': 'inventory-service' }],
  ['inventory.check (item3)', 42, 'client', { 'peer.service': 'inventory-service' }],
  ['inventory.check (item4)', 38, 'client', { 'peer.service': 'inventory-service' }],
  ['pricing.calculate', 15, 'internal', {}],
  ['payment.charge', 3800, 'internal', {}],
  [
    'db.saveOrder',
    30,
    'client',
    { 'db.system': 'postgresql', 'db.statement': 'INSERT INTO orders VALUES ($1)' },
  ],
  ['notification.send', 50, 'client', { 'peer.service': 'notification-service' }],
] as const;

const ROOT_MS = 4200;

export function exerciseSpans(): readonly ExerciseSpan[] {
  const root = {
    id: '00000000000000a0',
    parent: null,
    service: 'api-gateway',
    name: 'POST /api/orders',
    kind: 'server',
    startMs: 0,
    ms: ROOT_MS,
    attributes: { 'http.method': 'POST', 'http.route': '/api/orders' },
  } as const;
  let atMs = 10;
  const steps = STEPS.map(([name, ms, kind, attributes], index): ExerciseSpan => {
    const startMs = atMs;
    atMs += ms;
    const id = `00000000000000b${index.toString(16)}`;
    return { id, parent: root.id, service: 'order-service', name, kind, startMs, ms, attributes };
  });
  const charge = steps.find(({ name }) => name === 'payment.charge');
  if (!charge) throw new Error('there is no payment.charge');
  const stripe = {
    id: '00000000000000c0',
    parent: charge.id,
    service: 'payment-service',
    name: 'stripe.api',
    kind: 'client',
    startMs: charge.startMs + 25,
    ms: 3750,
    attributes: {
      'peer.service': 'stripe-api',
      'http.method': 'POST',
      'http.url': 'https://api.stripe.com/v1/charges',
    },
  } as const;
  return [root, ...steps, stripe];
}

/** The exercise's trace as the text of a file. */
export function exerciseText(format: TraceFormat, spans = exerciseSpans()): string {
  if (format === 'Jaeger UI export') return JSON.stringify({ data: [jaegerTrace(spans)], errors: null });
  const traces = { resourceSpans: resourceSpans(spans) };
  return JSON.stringify(format === 'OTLP JSON' ? traces : { result: traces });
}

const KINDS = { internal: 1, server: 2, client: 3 } as const;

function resourceSpans(spans: readonly ExerciseSpan[]): readonly object[] {
  return [...Map.groupBy(spans, ({ service }) => service)].map(([service, list]) => ({
    resource: { attributes: keyValues({ 'service.name': service }) },
    scopeSpans: [
      {
        spans: list.map(({ id, parent, name, kind, startMs, ms, attributes }) => ({
          traceId: TRACE_ID,
          spanId: id,
          ...(parent === null ? {} : { parentSpanId: parent }),
          name,
          kind: KINDS[kind],
          startTimeUnixNano: `${START_US + startMs * 1000}000`,
          endTimeUnixNano: `${START_US + (startMs + ms) * 1000}000`,
          attributes: keyValues(attributes),
          status: {},
        })),
      },
    ],
  }));
}

function keyValues(attributes: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function jaegerTrace(spans: readonly ExerciseSpan[]): object {
  const services = [...new Set(spans.map(({ service }) => service))];
  const tags = (attributes: Readonly<Record<string, string>>) =>
    Object.entries(attributes).map(([key, value]) => ({ key, type: 'string', value }));
  return {
    traceID: TRACE_ID,
    spans: spans.map(({ id, parent, service, name, kind, startMs, ms, attributes }) => ({
      traceID: TRACE_ID,
      spanID: id,
      operationName: name,
      references: parent === null ? [] : [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: parent }],
      startTime: START_US + startMs * 1000,
      duration: ms * 1000,
      tags: tags({ ...attributes, 'span.kind': kind }),
      logs: [],
      processID: `p${services.indexOf(service) + 1}`,
      warnings: null,
    })),
    processes: Object.fromEntries(
      services.map((service, index) => [`p${index + 1}`, { serviceName: service, tags: [] }]),
    ),
    warnings: null,
  };
}
