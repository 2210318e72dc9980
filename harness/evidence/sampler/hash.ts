/**
 * The hash by which the Collector's tail sampler draws its `probabilistic` share: FNV-1a 64 over the salt and the
 * sixteen raw bytes of the trace id; kept iff the hash is at most the percentage's threshold. Source:
 * tailsamplingprocessor v0.161.0, internal/sampling/probabilistic.go.
 */

/** What the processor uses when the configuration has no `hash_salt`. */
export const DEFAULT_SALT = 'default-hash-seed';

const PRIME = 1099511628211n;
const BASIS = 14695981039346656037n;
const MASK = (1n << 64n) - 1n;

/** FNV-1a 64 of the bytes, continued from `start`. */
export function fnv1a64(bytes: Uint8Array, start: bigint = BASIS): bigint {
  let hash = start;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  return hash;
}

/** The sampler's hash of one trace id (32 hex digits). */
export function traceHash(traceId: string, salt: string = DEFAULT_SALT): bigint {
  return fnv1a64(Buffer.from(traceId, 'hex'), fnv1a64(Buffer.from(salt === '' ? DEFAULT_SALT : salt)));
}

/**
 * An SQL expression for `traceHash` of a VARCHAR expression, a UBIGINT. The salt's part is computed here; the sixteen
 * steps over the id's bytes run in UHUGEINT, where a product of 64 and 41 bits cannot overflow.
 */
export function traceHashSql(traceId: string, salt: string = DEFAULT_SALT): string {
  const start = fnv1a64(Buffer.from(salt === '' ? DEFAULT_SALT : salt));
  let hash = `${start}::UHUGEINT`;
  for (let byte = 0; byte < 16; byte++) {
    // NULL for what is no digit: the hash of such an id is unknown, not an error.
    const digit = (position: number) =>
      `nullif(instr('0123456789abcdef', substr(${traceId}, ${position}, 1)), 0)`;
    // instr counts from 1, so the byte is 16 (high - 1) + (low - 1).
    const value = `(${digit(2 * byte + 1)} * 16 + ${digit(2 * byte + 2)} - 17)::UHUGEINT`;
    hash = `((xor(${hash}, ${value}) * ${PRIME}::UHUGEINT) & ${MASK}::UHUGEINT)`;
  }
  return `(${hash})::UBIGINT`;
}

/**
 * The greatest hash that is kept at `percent`: the percentage as a double times 2^64 - 1, rounded to 64 significant
 * bits and cut to a whole number, as Go's big.Float computes it; 0 below, 2^64 - 1 above the range.
 */
export function hashThreshold(percent: number): bigint {
  const ratio = percent / 100;
  if (!(ratio > 0)) return 0n;
  if (ratio >= 1) return MASK;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, ratio);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  // Subnormal doubles are far below 1/2^64 and keep nothing.
  if (exponent === 0) return 0n;
  const mantissa = (raw & ((1n << 52n) - 1n)) | (1n << 52n);
  let product = mantissa * MASK;
  let shift = 1075 - exponent;
  const excess = product.toString(2).length - 64;
  if (excess > 0) {
    const half = 1n << BigInt(excess - 1);
    const rest = product & ((1n << BigInt(excess)) - 1n);
    product >>= BigInt(excess);
    shift -= excess;
    if (rest > half || (rest === half && (product & 1n) === 1n)) product += 1n;
  }
  return shift >= 0 ? product >> BigInt(shift) : product << BigInt(-shift);
}
