/** Results by the bytes that they were decoded from. */

/** Longer pieces (stack traces, statements with values) are seldom the same twice and costly to compare. */
const LONGEST = 128;
/** A power of two, so that a hash becomes a slot by a mask. */
const SLOTS = 8192;

/**
 * A cache of one slot a hash: what comes later takes the slot. So it needs no bookkeeping, its size is fixed, and pieces
 * that never repeat (ids, ports) push out little of what does (methods, routes, statements). A find makes no object and
 * calls nothing native, which is what makes it cheaper than a Map with texts as keys.
 */
export class ByteCache<Value> {
  readonly #bytes = new Uint8Array(SLOTS * LONGEST);
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #values = new Array<Value | undefined>(SLOTS);

  /** The value that was kept for bytes equal to buffer[start..end), else `decode()`, which is kept. */
  get(buffer: Uint8Array, start: number, end: number, decode: () => Value): Value {
    const length = end - start;
    if (length === 0 || length > LONGEST) return decode();
    // FNV-1a, 32 bits.
    let hash = 0x811c9dc5;
    for (let index = start; index < end; index++)
      hash = Math.imul(hash ^ (buffer[index] as number), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const base = slot * LONGEST;
    if (this.#lengths[slot] === length && this.#holds(base, buffer, start, length)) {
      const value = this.#values[slot];
      if (value !== undefined) return value;
    }
    const value = decode();
    for (let index = 0; index < length; index++) this.#bytes[base + index] = buffer[start + index] as number;
    this.#lengths[slot] = length;
    this.#values[slot] = value;
    return value;
  }

  #holds(base: number, buffer: Uint8Array, start: number, length: number): boolean {
    for (let index = 0; index < length; index++) {
      if (this.#bytes[base + index] !== buffer[start + index]) return false;
    }
    return true;
  }
}
