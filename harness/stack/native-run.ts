import { resolve } from 'node:path';
import type { StackOptions } from '../contracts.ts';
import type { CollectorOptions } from './collector.ts';
import { configurationNames } from './configuration-error.ts';
import type { Layout } from './layout.ts';
import type { Lease } from './lease.ts';
import type { PartSet } from './part-set.ts';
import type { Tool, ToolName } from './tools.ts';

/** All that the steps of a start share. */
export interface NativeRun {
  readonly options: StackOptions;
  readonly tools: Record<ToolName, Tool>;
  readonly layout: Layout;
  readonly lease: Lease;
  readonly parts: PartSet;
  /** Deleted at the end. */
  readonly temporaryFolder: string;
  readonly recordingFile: string;
}

/** Options of the Collector of this run. */
export function collectorOptions(run: NativeRun): CollectorOptions {
  return {
    program: run.tools.collector.path,
    configuration: resolve(run.options.collectorConfig),
    configurationName: configurationNames(run.options).collector,
    ports: run.layout.collector,
    jaegerOtlpPort: run.layout.jaeger.otlpGrpc,
    recordingFile: run.recordingFile,
    folder: resolve(run.options.runFolder),
    logFile: run.parts.logFile('collector'),
  };
}
