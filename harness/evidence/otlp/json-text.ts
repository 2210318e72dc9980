/** JSON text of single values, fast for the texts that need no escapes. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON wants control characters escaped
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

export function jsonString(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * A double keeps its decimal point, so that whole doubles still differ from integers (the sampler tells them apart);
 * what JSON has no number for becomes a text, as in protobuf's JSON.
 */
export function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}
