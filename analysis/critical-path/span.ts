/** What the critical path needs to know of a span: a part of a SpanRow, or of a span of a file. */
export interface PathSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  /** Microseconds since the Unix epoch, or since any other instant that is the same for the whole trace. */
  readonly startUs: number;
  readonly endUs: number;
  readonly isError: boolean;
  /** Spans of one host share a clock; null = not known, then those of a service do. */
  readonly host: string | null;
  /** Who is called, by the caller's own word (`peer.service`, `server.address`); null when it says nothing. */
  readonly peer: string | null;
  /** Database system of a call to a database. */
  readonly db: string | null;
  /** What is asked for, as far as it says whether it only reads: `GET`, `SELECT` …; upper case. */
  readonly verb: string | null;
  /** What exactly is asked for, when that is known in full: a statement with its parameters, or method and URL. */
  readonly request: string | null;
  readonly httpStatus: number | null;
  /** It only follows from its parent (FOLLOWS_FROM, a link): nobody waits for it. */
  readonly followsOnly: boolean;
}

/**
 * How far the clock readings of spans may contradict each other before it means something, in microseconds. The OpenTelemetry
 * SDK of Node takes a span's start in whole milliseconds and its length exactly, so of two spans one after the other in
 * one process the first may seem to end up to 1 ms after the second begins.
 */
export const TOLERANCE_US = 1000;
