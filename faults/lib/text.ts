/** Numbers as proofs write them. */

/** `1,234` */
export function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Milliseconds of microseconds: `3,001 ms`; below 10 ms with one decimal. */
export function ms(microseconds: number): string {
  const value = microseconds / 1000;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })} ms`;
}

/** Milliseconds of microseconds, for figures. */
export function figureMs(microseconds: number | null): number | null {
  return microseconds === null ? null : Number((microseconds / 1000).toFixed(3));
}
