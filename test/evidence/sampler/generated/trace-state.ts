/** The W3C trace state as go.opentelemetry.io/otel/trace v1.46.0 parses it, for the oracle's tests. */

const KEY = /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/;

/** The value of a key; '' when there is none, or when any part of the list is invalid. */
export function traceStateValue(list: string, wanted: string): string {
  const values = new Map<string, string>();
  for (const member of list.split(',')) {
    if (member === '') continue;
    const at = member.indexOf('=');
    if (at < 0) return '';
    const key = member.slice(0, at).replace(/^[ \t]+/, '');
    const value = member.slice(at + 1).replace(/[ \t]+$/, '');
    if (!KEY.test(key) || !isValue(value) || values.has(key)) return '';
    values.set(key, value);
    if (values.size > 32) return '';
  }
  return values.get(wanted) ?? '';
}

function isValue(value: string): boolean {
  return value.length > 0 && value.length <= 256 && /^[ -~]*$/.test(value) && !/[,=]| $/.test(value);
}
