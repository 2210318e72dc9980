/** A span as the decoders hand it over, before it becomes a SpanRow. */

export interface DecodedSpan {
  /** The id's bytes as four (a span's: two) 32-bit words: no text is made of them here, the database does that. */
  readonly traceId: readonly [number, number, number, number];
  readonly spanId: readonly [number, number];
  /** All zero when there is none. */
  readonly parentId: readonly [number, number];
  readonly resource: Resource;
  /** The W3C trace state as it came, '' for none; null when the source does not give it. */
  readonly traceState: string | null;
  readonly name: string;
  /** OTLP's number, an index of KINDS. */
  readonly kind: number;
  /** Whole microseconds since the Unix epoch. */
  readonly startUs: number;
  readonly endUs: number;
  /** OTLP's number, an index of STATUSES. */
  readonly status: number;
  readonly statusMessage: string | null;
  readonly columns: AttributeColumns;
  /** JSON text of an object. */
  readonly attributes: string;
  /** JSON text of an array; '' for none. */
  readonly events: string;
}

export interface Resource {
  readonly service: string;
  /** JSON text of an object. */
  readonly json: string;
}

/** The attributes that have a column of their own. */
export interface AttributeColumns {
  readonly httpRoute: string | null;
  readonly httpStatus: number | null;
  readonly urlPath: string | null;
  readonly peerService: string | null;
  readonly dbSystem: string | null;
}

/** OTLP's span kinds and status codes, in the order of their numbers. */
export const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export const STATUSES = ['unset', 'ok', 'error'] as const;
