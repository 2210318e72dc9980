const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Milliseconds of a Go duration such as `10s` or `1m30s`; a plain number is nanoseconds; undefined when it is none. */
export function durationMs(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return value / 1e6;
  if (value === '0') return 0;
  if (typeof value !== 'string' || !/^((\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, number, unit = ''] of value.matchAll(/([\d.]+)(h|ms|us|µs|ns|m|s)/g))
    total += Number(number) * (UNITS_MS[unit] ?? Number.NaN);
  return total;
}
