import { baseEnvironment } from './base-environment.ts';
import { accepts, all, answers } from './http-probe.ts';
import type { PartSpec } from './part.ts';

export interface JaegerPorts {
  readonly queryHttp: number;
  readonly queryGrpc: number;
  readonly otlpGrpc: number;
}

/** How to start Jaeger with a configuration that takes its addresses from the environment, as config/jaeger.yaml does. */
export function jaegerPart(options: {
  readonly program: string;
  readonly configuration: string;
  readonly ports: JaegerPorts;
  readonly folder: string;
  readonly logFile: string;
}): PartSpec {
  const { ports } = options;
  return {
    name: 'jaeger',
    kind: 'archive',
    command: [options.program, '--config', options.configuration],
    environment: {
      ...baseEnvironment(),
      CHAOSCOPE_JAEGER_QUERY_HTTP: `127.0.0.1:${ports.queryHttp}`,
      CHAOSCOPE_JAEGER_QUERY_GRPC: `127.0.0.1:${ports.queryGrpc}`,
      CHAOSCOPE_JAEGER_OTLP_GRPC: `127.0.0.1:${ports.otlpGrpc}`,
    },
    folder: options.folder,
    logFile: options.logFile,
    // The query API starts first, so its answer alone says nothing of the receiver.
    ready: all(accepts(ports.otlpGrpc), answers(`http://127.0.0.1:${ports.queryHttp}/api/v3/services`)),
    readyWithinMs: 30_000,
    stopWithinMs: 10_000,
  };
}
