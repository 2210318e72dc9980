/** Durations as Go reads them: `1m30s`, `1.5h`. */

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
};
const PART = /(\d*)(?:\.(\d*))?(h|ms|us|µs|μs|ns|m|s)/g;
// Of more digits Go's own rounding would show.
const WHOLE = /^([-+]?)((?:(?:\d+(?:\.\d{0,3})?|\.\d{1,3})(?:h|ms|us|µs|μs|ns|m|s))+)$/;

/** Nanoseconds, cut to a whole number; undefined for what is no duration. */
export function goNanoseconds(text: string): bigint | undefined {
  if (/^[-+]?0$/.test(text)) return 0n;
  const [, sign, parts] = WHOLE.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let sum = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of parts.matchAll(PART)) {
    const factor = NANOSECONDS[unit] ?? 0n;
    sum += BigInt(whole || 0) * factor + (BigInt(fraction || 0) * factor) / 10n ** BigInt(fraction.length);
  }
  return sign === '-' ? -sum : sum;
}
