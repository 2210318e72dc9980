/** Which files the flight recorder wrote: a Collector that is started again begins a new one. */
import { existsSync } from 'node:fs';

/** @param path of the first file @param restarts how often the Collector was started again before */
export function recordingFileOf(path: string, restarts: number): string {
  return restarts === 0 ? path : `${path}.${restarts}`;
}

/** The files that there are, in the order in which they were written; the first in any case. */
export function recordingFiles(path: string): readonly string[] {
  const files = [path];
  for (let restarts = 1; existsSync(recordingFileOf(path, restarts)); restarts++)
    files.push(recordingFileOf(path, restarts));
  return files;
}
