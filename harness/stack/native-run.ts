import { resolve } from 'node:path';
import type { StackOptions } from '../contracts.ts';
import { recordingFileOf } from '../evidence/recording-files.ts';
import type { PIPELINE_EDGES } from '../pipeline.ts';
import type { CollectorOptions } from './collector.ts';
import { configurationNames } from './configuration-error.ts';
import type { jaegerPart } from './jaeger.ts';
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

/** Options of the Collector of this run. A Collector that was started again must not write over what the one before recorded. */
export function collectorOptions(run: NativeRun, restarts = 0): CollectorOptions {
  const { jaeger } = run.layout;
  return {
    program: run.tools.collector.path,
    configuration: resolve(run.options.collectorConfig),
    configurationName: configurationNames(run.options).collector,
    ports: run.layout.collector,
    jaegerOtlpPort: hasProxy(run, 'collector-to-jaeger')
      ? run.layout.edge('collector-to-jaeger')
      : jaeger.otlpGrpc,
    recordingFile: recordingFileOf(run.recordingFile, restarts),
    folder: resolve(run.options.runFolder),
    logFile: run.parts.logFile('collector'),
  };
}

/** Whether the telemetry of this run goes through a proxy on an edge of the pipeline. */
export function hasProxy(
  run: Pick<NativeRun, 'options'>,
  edge: (typeof PIPELINE_EDGES)[number]['id'],
): boolean {
  return run.options.pipelineEdges?.includes(edge) ?? false;
}

/** Options of the Jaeger of this run. */
export function jaegerOptions(run: NativeRun): Parameters<typeof jaegerPart>[0] {
  return {
    program: run.tools.jaeger.path,
    configuration: resolve(run.options.jaegerConfig),
    ports: run.layout.jaeger,
    folder: resolve(run.options.runFolder),
    logFile: run.parts.logFile('jaeger'),
  };
}
