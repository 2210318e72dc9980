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
