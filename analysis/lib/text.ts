/** Numbers and words as the sentences of an analysis have them. */

/** `12,345.6`; at most `digits` decimals. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** `3,750 ms` of microseconds; below ten with one decimal. */
export function ms(us: number): string {
  const value = us / 1000;
  return `${number(value, value < 10 ? 1 : 0)} ms`;
}

/** `12 %` of 0.123; at most `digits` decimals, by default one below ten per cent. */
export function percent(share: number, digits = share < 0.1 ? 1 : 0): string {
  return `${number(share * 100, digits)} %`;
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}
