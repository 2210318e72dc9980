/**
 * Context propagation written out: what the instrumentations of undici and http do for every other call. Order-service
 * calls notification-service in this way. It is the pattern for transports that have no instrumentation, such as
 * a message queue: inject where the message is made, extract where it is handled.
 */
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
} from '@opentelemetry/semantic-conventions';
import type { Request, Response } from 'express';
import type { Answer, Call, ServiceClient } from './client.ts';
import { acceptRefusal, recordFailure, tracer } from './spans.ts';

/** Method and path of the calls that are traced by hand; the automatic server instrumentation leaves them alone. */
export const TRACED_BY_HAND: ReadonlySet<string> = new Set(['POST /notifications']);

/** Calls a service in a CLIENT span of its own, with the trace context injected into the headers. */
export async function callByHand(client: ServiceClient, call: Call): Promise<Answer> {
  const attributes = {
    'peer.service': client.name,
    [ATTR_HTTP_REQUEST_METHOD]: call.method,
    [ATTR_URL_FULL]: client.origin + call.path,
    [ATTR_URL_PATH]: call.path,
  };
  return tracer.startActiveSpan(call.method, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      // The active span is now ours: this writes `traceparent: 00-<trace id>-<span id>-<flags>` into the headers.
      const headers: Record<string, string> = { ...call.headers };
      propagation.inject(context.active(), headers);
      // Suppressed, or the instrumentation of undici would make a second span and a second header.
      const answer = await context.with(suppressTracing(context.active()), () =>
        client.call({ ...call, headers }),
      );
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, answer.status);
      judge(span, client.name, answer.status);
      return answer;
    } catch (thrown) {
      recordFailure(span, thrown);
      throw thrown;
    } finally {
      span.end();
    }
  });
}

/** Marks the span of a call that was answered, as the instrumentation of undici does it in telemetry/instrumentations.ts. */
function judge(span: Span, callee: string, status: number): void {
  acceptRefusal(span, status);
  if (status < 400) return;
  span.setAttribute(ATTR_ERROR_TYPE, String(status));
  span.setStatus({ code: SpanStatusCode.ERROR, message: `${callee} answered ${status}` });
}

/** Reads the headers of a request of Node. */
const headerGetter: TextMapGetter<Request['headers']> = {
  get: (headers, key) => headers[key],
  keys: (headers) => Object.keys(headers),
};

/** Handles a request in a SERVER span whose parent is the context that the caller has injected into the headers. */
export async function serveByHand(
  route: string,
  request: Request,
  response: Response,
  handle: (span: Span) => void | Promise<void>,
): Promise<void> {
  const parent = propagation.extract(ROOT_CONTEXT, request.headers, headerGetter);
  const attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: request.method,
    [ATTR_HTTP_ROUTE]: route,
    [ATTR_URL_PATH]: request.path,
  };
  const options = { kind: SpanKind.SERVER, attributes };
  await tracer.startActiveSpan(`${request.method} ${route}`, options, parent, async (span) => {
    response.once('close', () => {
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    await handle(span);
  });
}
