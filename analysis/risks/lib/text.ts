/** `12,345`; at most `digits` decimals. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

/** `12.3 %` of 0.123; two digits that say something below ten per cent. */
export function percent(share: number): string {
  return `${(share * 100).toLocaleString('en-US', { maximumSignificantDigits: share < 0.1 ? 2 : 3 })} %`;
}
