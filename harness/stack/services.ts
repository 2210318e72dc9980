import type { Edge, Service, System } from '../contracts.ts';
import { baseEnvironment } from './base-environment.ts';
import { answers } from './http-probe.ts';
import type { PartSpec } from './part.ts';
import { PROJECT_ROOT } from './project-root.ts';

export interface ServiceOptions {
  readonly system: System;
  readonly name: string;
  readonly port: number;
  /** host:port of the proxy of an edge. */
  address(edge: Edge): string;
  /** Base URL of the Collector's OTLP receiver over HTTP. */
  readonly collectorUrl: string;
  readonly seed: number;
  /** Wins over all else: mitigation switches, sabotages. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const READY_MS = 30_000;
/** It ends its requests and exports its last spans. */
const STOP_MS = 10_000;

/** How to start one service of the system. */
export function servicePart(service: Service, options: ServiceOptions): PartSpec {
  return {
    name: options.name,
    kind: 'service',
    command: resolveNode(service.command),
    environment: serviceEnvironment(service, options),
    folder: PROJECT_ROOT,
    logFile: options.logFile,
    ready: answers(`http://127.0.0.1:${options.port}${service.ready}`),
    readyWithinMs: READY_MS,
    stopWithinMs: STOP_MS,
  };
}

/** `node` stands for the Node that runs the harness, which need not be the first one in PATH. */
export function resolveNode(command: readonly string[]): string[] {
  const [program = '', ...parameters] = command;
  return [program === 'node' ? process.execPath : program, ...parameters];
}

function serviceEnvironment(service: Service, options: ServiceOptions): Record<string, string> {
  const edges = options.system.edges.filter((edge) => edge.from === options.name);
  const addresses = edges.map((edge) => [edge.variable, edgeValue(edge, options.address(edge))]);
  return {
    ...baseEnvironment(),
    NODE_ENV: 'production',
    PORT: String(options.port),
    SEED: String(options.seed),
    OTEL_SERVICE_NAME: options.name,
    OTEL_EXPORTER_OTLP_ENDPOINT: options.collectorUrl,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=chaoscope',
    ...Object.fromEntries(addresses),
    ...service.environment,
    ...options.environment,
    // So that a service can refuse what was set for it on purpose and means nothing to it.
    SETTINGS_GIVEN: Object.keys(options.environment).join(','),
  };
}

function edgeValue(edge: Edge, address: string): string {
  return (edge.value ?? 'http://{address}').replaceAll('{address}', address);
}
