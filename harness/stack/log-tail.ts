import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAX_BYTES = 16_384;

/** The last lines of a log file; empty when there is no such file. Reads no more than the file's end. */
export function logTail(file: string, lines = 30): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const length = Math.min(size, MAX_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
