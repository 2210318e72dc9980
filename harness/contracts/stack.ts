/** The running parts. */
import type { EdgeProxy, PartControl } from './control.ts';
import type { ServiceEnvironment, System } from './system.ts';

export type PartKind = 'database' | 'archive' | 'collector' | 'proxy' | 'service' | 'load';

export interface Part {
  readonly name: string;
  readonly kind: PartKind;
  /** Leader of the part's process group. */
  readonly pid: number;
  readonly logFile: string;
}

export interface PartDeath {
  readonly part: Part;
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  readonly logTail: string;
}

export interface StackOptions {
  readonly system: System;
  readonly seed: number;
  readonly runFolder: string;
  readonly collectorConfig: string;
  readonly jaegerConfig: string;
  /** What messages shall call the two, since what is run may be a copy: `--collector-config mine.yaml`. */
  readonly configurationNames?: { readonly collector: string; readonly jaeger: string };
  /** First of a block of consecutive ports; undefined = a free block is looked for. */
  readonly portBase?: number;
  /** Extra environment by service name: mitigation switches, sabotages. */
  readonly environment?: ServiceEnvironment;
  /** Edges of the pipeline that get a proxy; each costs CPU, so only those on which a fault is to act. */
  readonly pipelineEdges?: readonly string[];
  readonly signal: AbortSignal;
  onProgress(message: string): void;
}

/** A running stack. */
export interface Stack {
  readonly parts: readonly Part[];
  /** Base URL of the entry service, e.g. http://127.0.0.1:21000 */
  readonly entryUrl: string;
  readonly proxies: ReadonlyMap<string, EdgeProxy>;
  /** The parts of the pipeline on which a fault can act, by name. */
  readonly controls: ReadonlyMap<string, PartControl>;
  /** Where services answer the metrics of their SDKs, by service name. */
  readonly sdkMetricsUrls: ReadonlyMap<string, string>;
  readonly jaegerUrl: string;
  /** Prometheus text of the Collector's own metrics. */
  readonly collectorMetricsUrl: string;
  /**
   * What the flight recorder writes: length-prefixed zstd frames of OTLP protobuf. A Collector that was started again writes
   * another one, see recordingFiles in harness/evidence.
   */
  readonly recordingFile: string;
  /** Direct, not by a proxy. */
  readonly databaseUrl: string | undefined;
  /** Base URL of a service, direct. */
  serviceUrl(name: string): string;
  readonly tools: Readonly<Record<string, string>>;
  /** To be part of the environment of every other process of the run, so that the lease covers it too. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called at most once a part, for each part that ends though nobody stopped it. */
  onDeath(listener: (death: PartDeath) => void): void;
  /** Stops all, the services first so that they flush; returns what could not be stopped or removed. */
  stop(): Promise<string[]>;
}

/** One way to run the parts: a file of harness/stack. */
export interface StackDriver {
  readonly id: string;
  /** Looks for what would be refused, as far as that can be told without starting a part. Leaves nothing behind. */
  check(options: Omit<StackOptions, 'runFolder' | 'seed' | 'environment' | 'onProgress'>): Promise<void>;
  start(options: StackOptions): Promise<Stack>;
}
