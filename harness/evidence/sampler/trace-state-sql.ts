/**
 * The policy `trace_state` in SQL; tailsamplingprocessor v0.161.0, internal/sampling/trace_state_filter.go, and the
 * parser of go.opentelemetry.io/otel/trace v1.46.0, tracestate.go, which takes a list as a whole or not at all.
 */
import { literal } from '../tables.ts';

const REST = '[a-z0-9_*/-]';
const SIMPLE_KEY = `[a-z]${REST}{0,255}`;
const TENANT_KEY = `[a-z0-9]${REST}{0,240}@[a-z]${REST}{0,13}`;
const VALUE = String.raw`[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]`;
const MEMBER = String.raw`[ \t]*(?:${SIMPLE_KEY}|${TENANT_KEY})=${VALUE}[ \t]*`;
const MOST_MEMBERS = 32;
/** Key and value together are shorter than this. */
const LENGTH_LIMIT = 256;

/** Whether the span's trace state has the key with one of the values; NULL when its trace state was not recorded. */
export function traceStateSql(key: string, values: readonly string[]): string {
  const wanted = values
    .filter((value) => value !== '' && Buffer.byteLength(key) + Buffer.byteLength(value) < LENGTH_LIMIT)
    .map((value) => literal(`${key}=${value}`));
  const members = `list_filter(string_split(trace_state, ','), lambda m: m <> '')`;
  const keys = `list_transform(${members}, lambda m: trim(split_part(m, '=', 1), ' ' || chr(9)))`;
  const isValid = `len(${members}) <= ${MOST_MEMBERS} AND list_unique(${keys}) = len(${members})
    AND len(list_filter(${members}, lambda m: NOT regexp_full_match(m, ${literal(MEMBER)}))) = 0`;
  const trimmed = `list_transform(${members}, lambda m: trim(m, ' ' || chr(9)))`;
  const holds = wanted.length === 0 ? 'false' : `list_has_any(${trimmed}, [${wanted.join(', ')}])`;
  return `(CASE WHEN trace_state IS NULL THEN NULL WHEN trace_state = '' THEN false ELSE ${isValid} AND ${holds} END)`;
}
