/** The recording: every span before the sampler, from the flight recorder's file. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameReader } from './frames.ts';
import { decodeTraces } from './otlp/proto.ts';
import { SpanTable } from './otlp/span-table.ts';
import { recordingFiles } from './recording-files.ts';
import type { EvidenceWriter } from './writer.ts';

export interface RecordingGathered {
  readonly spans: number;
  /** What is missing, and why. */
  readonly doubts: readonly string[];
  /** What is missing because a Collector was ended on purpose. */
  readonly notes?: readonly string[];
}

const POLL_MS = 200;
/** How long an incomplete last frame may still be completed by a Collector that lives. */
const COMPLETION_MS = 2000;

export class RecordingGatherer {
  readonly #path: string;
  readonly #table: SpanTable;
  /** Of the files that were found so far, in their order. */
  readonly #frames = new Map<string, FrameReader>();
  #following: Promise<void> | undefined;
  #done = false;
  /** Bytes of an incomplete last frame, by file. */
  #incomplete = new Map<string, number>();

  private constructor(path: string, table: SpanTable) {
    this.#path = path;
    this.#table = table;
  }

  /** @param path file of the Collector's file exporter, format proto, compression zstd; it may not exist yet */
  static async create(evidence: EvidenceWriter, path: string): Promise<RecordingGatherer> {
    return new RecordingGatherer(path, await SpanTable.create(evidence, 'recording'));
  }

  /** Spans decoded so far. */
  get spans(): number {
    return this.#table.total;
  }

  /** Starts decoding what is there, and what is added, until `finish`; an error is thrown by `finish`. */
  follow(): void {
    this.#following ??= this.#loop();
    // Handled in finish; without this an early error would end the process.
    this.#following.catch(() => undefined);
  }

  /**
   * Decodes the rest and writes recording.parquet. To be called when the Collector has written all it will.
   * @throws UserError for a corrupt file, Error when there is none
   */
  async finish(): Promise<RecordingGathered> {
    this.#done = true;
    try {
      await this.#following;
      if (!existsSync(this.#path))
        throw new Error(`the Collector has written no recording: there is no ${this.#path}`);
      const deadline = Date.now() + COMPLETION_MS;
      await this.#readOn();
      while (this.#incompleteNow() > 0 && Date.now() < deadline) {
        await delay(POLL_MS);
        await this.#readOn();
      }
    } finally {
      await this.#close();
    }
    const spans = this.#table.total;
    await this.#table.save();
    const last = [...this.#frames.keys()].at(-1);
    const remarks = [...this.#incomplete]
      .filter(([, bytes]) => bytes > 0)
      .map(([path, bytes]) => ({
        // A Collector that another one came after was ended on purpose, and its losses are accounted for.
        isExpected: path !== last,
        text:
          `${path} ends within a frame (${bytes} bytes): the Collector was stopped while it wrote, ` +
          'and the spans of that frame are lost',
      }));
    return {
      spans,
      doubts: remarks.filter(({ isExpected }) => !isExpected).map(({ text }) => text),
      ...(remarks.some(({ isExpected }) => isExpected)
        ? { notes: remarks.filter(({ isExpected }) => isExpected).map(({ text }) => text) }
        : {}),
    };
  }

  /** Ends the following and lets go of the file; after `finish` there is nothing left to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#done = true;
    await this.#following?.catch(() => undefined);
    await this.#close();
  }

  async #loop(): Promise<void> {
    while (!this.#done) {
      const before = this.#table.total;
      if (existsSync(this.#path)) await this.#readOn();
      if (this.#table.total === before && !this.#done) await delay(POLL_MS);
    }
  }

  async #readOn(): Promise<void> {
    for (const path of recordingFiles(this.#path)) {
      const frames = this.#frames.get(path) ?? new FrameReader(path);
      this.#frames.set(path, frames);
      this.#incomplete.set(
        path,
        await frames.read((bytes) => decodeTraces(bytes, (span) => this.#table.add(span))),
      );
    }
  }

  /** Of the last file: those before it will never be completed. */
  #incompleteNow(): number {
    return [...this.#incomplete.values()].at(-1) ?? 0;
  }

  async #close(): Promise<void> {
    for (const frames of this.#frames.values()) await frames.close();
  }
}
