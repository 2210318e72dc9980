/** The load. */
import type { HttpRequest } from './system.ts';

/** A stretch of constant rate. */
export interface Segment {
  readonly name: string;
  readonly rate: number;
  readonly durationS: number;
  /** seq of its first request; it has rate x durationS requests. */
  readonly firstSeq: number;
}

export interface PlannedRequest extends HttpRequest {
  readonly seq: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly route: string;
}

/** What a driver reports of one request. */
export interface LoadRecord {
  readonly traceId: string;
  readonly route: string;
  readonly dueUs: number;
  readonly sentUs: number;
  readonly latencyUs: number;
  readonly status: number;
  readonly error: string | null;
  readonly bytesIn: number;
}

/** One way to send the load: a file of harness/load. */
export interface LoadDriver {
  readonly id: string;
  /**
   * Sends the segment's requests at start + i / rate, never waiting for answers, and reports each as it ends.
   * Resolves when all have ended; rejects when the driver itself fails or `signal` aborts (the driver is gone by then).
   */
  run(options: {
    readonly baseUrl: string;
    readonly segment: Segment;
    readonly requests: Iterable<PlannedRequest>;
    readonly timeoutMs: number;
    /** For files that the driver needs while it runs; it removes them. */
    readonly folder: string;
    readonly logFile: string;
    readonly signal: AbortSignal;
    /** Told of each process of the driver, under the name by which the gauges shall call it. */
    onProcess(part: string, pid: number): void;
    onStart(startUs: number): void;
    onRecord(record: LoadRecord): void;
  }): Promise<void>;
}
