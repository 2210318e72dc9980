import { stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { baseEnvironment } from './base-environment.ts';
import { runCommand } from './command.ts';
import { accepts, all, answers, hinted } from './http-probe.ts';
import type { Lease } from './lease.ts';
import type { PartSpec } from './part.ts';
import { PartError } from './part-error.ts';

export interface CollectorOptions {
  readonly program: string;
  readonly configuration: string;
  readonly ports: { readonly otlpHttp: number; readonly metrics: number; readonly health: number };
  readonly jaegerOtlpPort: number;
  readonly recordingFile: string;
  readonly folder: string;
  readonly logFile: string;
}

/** Writes `tailsampling.policy` on the kept spans: which policy kept them. */
const FEATURE_GATES = '--feature-gates=processor.tailsamplingprocessor.recordpolicy';

const VALIDATE_MS = 30_000;

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
      `does ${options.configuration} take its addresses from the environment, as config/collector.yaml does?`,
    ),
    readyWithinMs: 30_000,
    // It decides on the traces that still wait and sends them on.
    stopWithinMs: 15_000,
  };
}

/** Has the Collector itself check the configuration. UserError with its own words when it refuses. */
export async function validateCollectorConfiguration(
  options: CollectorOptions,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const command = [options.program, 'validate', '--config', options.configuration, FEATURE_GATES];
  try {
    await runCommand({ ...collectorPart(options), command, withinMs: VALIDATE_MS }, lease, signal);
  } catch (error) {
    throw configurationError(options, error);
  }
}

/**
 * A PartError of the Collector's start as a UserError, since its configuration is what the user chooses: `validate`
 * does not see all that is wrong, e.g. a policy of an unknown type. Any other error as it is.
 */
export function configurationError(options: CollectorOptions, error: unknown): unknown {
  if (!(error instanceof PartError)) return error;
  const words = error.logTail.split('\n').filter((line) => line.startsWith('Error: '));
  return new UserError(
    `The Collector does not run with the configuration ${options.configuration}:\n` +
      (words.length > 0 ? words.join('\n') : error.message),
  );
}

/**
 * Checks that the running Collector has opened the recording, which it does at its start. UserError when the
 * configuration has no flight recorder, for without it nothing can be judged.
 */
export async function checkRecording(options: CollectorOptions): Promise<void> {
  const isThere = await stat(options.recordingFile).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new UserError(
    `The configuration ${options.configuration} has no flight recorder: it needs a \`file\` exporter with ` +
      `\`path: \${env:CHAOSCOPE_RECORDING}\`, \`format: proto\` and \`compression: zstd\`, in a pipeline without sampling. ` +
      'Take over `file/recording` and `traces/recording` from config/collector.yaml.',
  );
}

function environmentOf(options: CollectorOptions): Record<string, string> {
  const { ports } = options;
  return {
    ...baseEnvironment(),
    CHAOSCOPE_OTLP_HTTP: `127.0.0.1:${ports.otlpHttp}`,
    CHAOSCOPE_COLLECTOR_METRICS_PORT: String(ports.metrics),
    CHAOSCOPE_COLLECTOR_HEALTH: `127.0.0.1:${ports.health}`,
    CHAOSCOPE_JAEGER_OTLP_GRPC: `127.0.0.1:${options.jaegerOtlpPort}`,
    CHAOSCOPE_RECORDING: options.recordingFile,
  };
}
