import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isRefusal } from './http-error.ts';

/** The tracer of all spans that the shop makes by hand. */
export const tracer = trace.getTracer('shop');

/**
 * Runs `work` in a new span, child of the active one. The span ends with the work, whatever happens. A failure
 * makes it an error span with the exception as an event; a refusal (4xx) does not, as nothing has gone wrong.
 */
export async function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => T | Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes, kind }, async (span) => {
    try {
      return await work(span);
    } catch (thrown) {
      if (!isRefusal(thrown)) recordFailure(span, thrown);
      throw thrown;
    } finally {
      span.end();
    }
  });
}

/** Marks the span as failed, with message and exception. */
export function recordFailure(span: Span, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}

/**
 * Answers by which another service refuses a request for good reason: not found, declined, sold out … The
 * conventions call them errors of the client's span, and so each refused card would be an error trace, kept for ever.
 */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 402, 404, 409]);

/** Marks a client span whose call was refused for good reason as one without an error. */
export function acceptRefusal(span: Span, status: number | undefined): void {
  // OK is final: the judgement by the conventions, which comes later, does not replace it.
  if (status !== undefined && REFUSALS.has(status)) span.setStatus({ code: SpanStatusCode.OK });
}
