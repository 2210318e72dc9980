import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { ENVIRONMENT_FILE, environmentRecord } from '../evidence/sampler/environment.ts';
import { baseEnvironment } from './base-environment.ts';
import { accepts, all, answers, hinted } from './http-probe.ts';
import type { PartSpec } from './part.ts';

export interface CollectorOptions {
  readonly program: string;
  readonly configuration: string;
  /** What messages call it; the configuration may be a copy. */
  readonly configurationName: string;
  readonly ports: { readonly otlpHttp: number; readonly metrics: number; readonly health: number };
  readonly jaegerOtlpPort: number;
  readonly recordingFile: string;
  readonly folder: string;
  readonly logFile: string;
}

/** Writes `tailsampling.policy` on the kept spans: which policy kept them. */
export const FEATURE_GATES = '--feature-gates=processor.tailsamplingprocessor.recordpolicy';

/** What a configuration can take from its environment, each with the address that it would have on a machine of its own. */
export const COLLECTOR_VARIABLES = {
  CHAOSCOPE_OTLP_HTTP: '127.0.0.1:4318',
  CHAOSCOPE_COLLECTOR_METRICS_PORT: '8888',
  CHAOSCOPE_COLLECTOR_HEALTH: '127.0.0.1:13133',
  CHAOSCOPE_JAEGER_OTLP_GRPC: '127.0.0.1:4317',
  CHAOSCOPE_RECORDING: 'recording.otlp.zst',
} as const;

/** How to start the Collector with a configuration that takes its addresses from the environment. */
export function collectorPart(options: CollectorOptions): PartSpec {
  const { ports } = options;
  return {
    name: 'collector',
    kind: 'collector',
    command: [options.program, '--config', options.configuration, FEATURE_GATES],
    environment: environmentOf(options),
    folder: options.folder,
    logFile: options.logFile,
    ready: hinted(
      all(
        answers(`http://127.0.0.1:${ports.health}/`),
        accepts(ports.otlpHttp),
        answers(`http://127.0.0.1:${ports.metrics}/metrics`),
      ),
      `does ${options.configurationName} take its addresses from the environment, as config/collector.yaml does?`,
    ),
    readyWithinMs: 30_000,
    // It decides on the traces that still wait and sends them on.
    stopWithinMs: 15_000,
  };
}

/**
 * Checks that the running Collector has opened the recording, which it does at its start. UserError when the
 * configuration has no flight recorder, for without it nothing can be judged. Also leaves in the run's folder what the
 * Collector got of its environment, which the judge needs to read the configuration as the Collector did.
 */
export async function checkRecording(options: CollectorOptions): Promise<void> {
  const isThere = await stat(options.recordingFile).then(
    () => true,
    () => false,
  );
  if (isThere) return recordEnvironment(options);
  throw new UserError(
    `The configuration of the Collector (${options.configurationName}) has no flight recorder: it needs a \`file\` exporter with ` +
      `\`path: \${env:CHAOSCOPE_RECORDING}\`, \`format: proto\` and \`compression: zstd\`, in a pipeline without sampling. ` +
      'Take over `file/recording` and `traces/recording` from config/collector.yaml.',
  );
}

async function recordEnvironment(options: CollectorOptions): Promise<void> {
  const folder = join(options.folder, 'configuration');
  await mkdir(folder, { recursive: true });
  const configuration = await readFile(options.configuration, 'utf8');
  await writeFile(join(folder, ENVIRONMENT_FILE), environmentRecord(configuration, environmentOf(options)));
}

function environmentOf(options: CollectorOptions): Record<string, string> {
  const { ports } = options;
  const own: Record<keyof typeof COLLECTOR_VARIABLES, string> = {
    CHAOSCOPE_OTLP_HTTP: `127.0.0.1:${ports.otlpHttp}`,
    CHAOSCOPE_COLLECTOR_METRICS_PORT: String(ports.metrics),
    CHAOSCOPE_COLLECTOR_HEALTH: `127.0.0.1:${ports.health}`,
    CHAOSCOPE_JAEGER_OTLP_GRPC: `127.0.0.1:${options.jaegerOtlpPort}`,
    CHAOSCOPE_RECORDING: options.recordingFile,
  };
  return { ...baseEnvironment(), ...own };
}
