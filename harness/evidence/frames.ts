/** The flight recorder's file: frames of a length (4 bytes, big-endian) and that many bytes of zstd. */
import { type FileHandle, open } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import { messageOf, UserError } from '../errors.ts';

/** Read at a time, so that decoding pauses every few thousand spans; a frame that is larger is read alone. */
const READ_BYTES = 1 << 19;
/** A frame is one export request; no Collector writes one of this size, but a corrupt length may claim it. */
const FRAME_LIMIT = 512 << 20;

type OnFrame = (bytes: Buffer, bytesInFile: number) => void;

/** Reads a file of frames that may still grow. */
export class FrameReader {
  readonly #path: string;
  #file: FileHandle | undefined;
  #offset = 0;
  /** Used again and again; what is handed on are decompressed copies. */
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Hands on the frames that are complete by now and were not read before, decompressed, and how many bytes each takes in the file.
   * @returns bytes of an incomplete frame at the end of the file
   * @throws UserError for a frame that is corrupt, with its place in the file
   */
  async read(onFrame: OnFrame): Promise<number> {
    for (;;) {
      const { left, isEnd } = await this.#step(onFrame);
      if (isEnd) return left;
    }
  }

  /**
   * The same, some frames at a time, for who cannot take them all at once. An incomplete frame at the end is left out.
   * @throws UserError for a frame that is corrupt, with its place in the file
   */
  async *chunks(): AsyncGenerator<readonly Buffer[]> {
    for (;;) {
      const frames: Buffer[] = [];
      const { isEnd } = await this.#step((bytes) => frames.push(bytes));
      if (frames.length > 0) yield frames;
      if (isEnd) return;
    }
  }

  /** Hands on the frames of one read. `isEnd`: the file has no more of them by now, but `left` bytes of an incomplete one. */
  async #step(onFrame: OnFrame): Promise<{ readonly left: number; readonly isEnd: boolean }> {
    this.#file ??= await open(this.#path, 'r');
    let buffer = this.#buffer;
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      const used = this.#frames(buffer.subarray(0, bytesRead), onFrame);
      this.#offset += used;
      if (used > 0) return { left: 0, isEnd: false };
      const needed = bytesRead < 4 ? 0 : buffer.readUInt32BE(0) + 4;
      // All that the file has now was looked at, or the frame at hand needs a larger buffer.
      if (needed <= buffer.length || bytesRead < buffer.length) return { left: bytesRead, isEnd: true };
      buffer = Buffer.allocUnsafe(needed);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** @returns bytes of the complete frames of `buffer` */
  #frames(buffer: Buffer, onFrame: OnFrame): number {
    let position = 0;
    while (position + 4 <= buffer.length) {
      const length = buffer.readUInt32BE(position);
      const place = `${this.#path}, frame at byte ${this.#offset + position}`;
      if (length > FRAME_LIMIT)
        throw new UserError(`${place}: corrupt, it claims to be ${length} bytes long`);
      const end = position + 4 + length;
      if (end > buffer.length) break;
      let bytes: Buffer;
      try {
        bytes = zstdDecompressSync(buffer.subarray(position + 4, end));
      } catch (error) {
        throw new UserError(`${place}: corrupt, not readable as zstd (${messageOf(error)})`);
      }
      try {
        onFrame(bytes, 4 + length);
      } catch (error) {
        throw new UserError(`${place}: corrupt, not readable as OTLP (${messageOf(error)})`);
      }
      position = end;
    }
    return position;
  }
}
