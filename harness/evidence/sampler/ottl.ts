/**
 * The subset of the OpenTelemetry Transformation Language whose conditions on spans are predicted, as data. What is in
 * it cannot fail, so the policy's error_mode does not matter. See docs/guides/oracle.md.
 */

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type OttlExpression =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly of: readonly OttlExpression[] }
  | { readonly kind: 'not'; readonly of: OttlExpression }
  | { readonly kind: 'rootSpan' }
  | { readonly kind: 'match'; readonly target: OttlPath; readonly pattern: string }
  | {
      readonly kind: 'compare';
      readonly left: OttlPath;
      readonly operator: Operator;
      readonly right: OttlLiteral;
    }
  /** The span's end minus its start. */
  | { readonly kind: 'duration'; readonly operator: Operator; readonly nanoseconds: bigint };

export type OttlPath =
  | { readonly kind: 'attribute'; readonly of: 'attributes' | 'resource'; readonly key: string }
  | { readonly kind: 'text' | 'number'; readonly name: OttlField };

/** The fields of a span that are recorded as the Collector saw them. */
export type OttlField =
  | 'name'
  | 'kind'
  | 'kind.string'
  | 'kind.deprecated_string'
  | 'status.code'
  | 'status.message'
  | 'trace_state'
  | 'trace_id.string'
  | 'span_id.string'
  | 'parent_span_id.string';

export type OttlLiteral =
  | { readonly kind: 'nil' }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number };

export const FIELDS: Readonly<Record<OttlField, 'text' | 'number'>> = {
  name: 'text',
  kind: 'number',
  'kind.string': 'text',
  'kind.deprecated_string': 'text',
  'status.code': 'number',
  'status.message': 'text',
  trace_state: 'text',
  'trace_id.string': 'text',
  'span_id.string': 'text',
  'parent_span_id.string': 'text',
};

/** The names that stand for numbers. */
export const ENUMS: Readonly<Record<string, bigint>> = {
  SPAN_KIND_UNSPECIFIED: 0n,
  SPAN_KIND_INTERNAL: 1n,
  SPAN_KIND_SERVER: 2n,
  SPAN_KIND_CLIENT: 3n,
  SPAN_KIND_PRODUCER: 4n,
  SPAN_KIND_CONSUMER: 5n,
  STATUS_CODE_UNSET: 0n,
  STATUS_CODE_OK: 1n,
  STATUS_CODE_ERROR: 2n,
};
