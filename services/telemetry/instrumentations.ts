import type { RequestOptions } from 'node:http';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { TRACED_BY_HAND } from '../lib/by-hand.ts';
import { acceptRefusal } from '../lib/spans.ts';
import { peerOf } from './peers.ts';

/**
 * Paths at which somebody looks every few seconds, whatever the customers do: a span of each look would never let the spans
 * come to rest.
 */
const LOOKS: ReadonlySet<string> = new Set(['/metrics', '/inventory/reservations']);

/** HTTP in and out, Express, undici and PostgreSQL: a server span, a span for each call and each query, no others. */
export function instrumentations(): Instrumentation[] {
  return [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ method, url = '' }) =>
        LOOKS.has(url.split('?', 1)[0] ?? '') || TRACED_BY_HAND.has(`${method} ${url}`),
      requireParentforOutgoingSpans: true,
      startOutgoingSpanHook: (options) => peerOf(originOf(options)),
      responseHook: (span, response) => {
        // Outgoing calls only: their answers are IncomingMessages, our own are ServerResponses.
        if ('httpVersion' in response) acceptRefusal(span, response.statusCode);
      },
    }),
    // It names the server span after the route. Its spans for each layer would double the number of spans.
    new ExpressInstrumentation({
      ignoreLayersType: [
        ExpressLayerType.MIDDLEWARE,
        ExpressLayerType.ROUTER,
        ExpressLayerType.REQUEST_HANDLER,
      ],
    }),
    new UndiciInstrumentation({
      requireParentforSpans: true,
      startSpanHook: (request) => peerOf(request.origin),
      responseHook: (span, { response }) => acceptRefusal(span, response.statusCode),
    }),
    new PgInstrumentation({
      requireParentSpan: true,
      ignoreConnectSpans: true,
      requestHook: (span) => void span.setAttribute('peer.service', 'database'),
    }),
  ];
}

function originOf(options: RequestOptions): string {
  return `http://${options.hostname ?? options.host}:${options.port}`;
}
