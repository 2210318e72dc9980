/** Numbers as findings write them: thousands separators, no digits that say nothing. */

const formats = new Map<number, Intl.NumberFormat>();

/** `12,345.6`; at most `digits` decimals. */
export function number(value: number, digits = 0): string {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat('en-US', { maximumFractionDigits: digits });
    formats.set(digits, format);
  }
  return format.format(value);
}

/** `2,412 error traces`, `1 error trace`; `many` where the plural is not formed by an s. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** Milliseconds of microseconds: `3,001 ms`; below 10 ms with one decimal. */
export function ms(microseconds: number): string {
  const milliseconds = microseconds / 1000;
  return `${number(milliseconds, Math.abs(milliseconds) < 10 ? 1 : 0)} ms`;
}

/** A share as percentage: 0.0512 is `5.12 %`. */
export function percent(share: number, digits = 1): string {
  return `${number(share * 100, digits)} %`;
}

/** A number for `figures`, without digits that only rounding errors write. */
export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
