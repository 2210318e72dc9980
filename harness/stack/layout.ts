import type { System } from '../contracts.ts';
import type { CollectorOptions } from './collector.ts';
import type { JaegerPorts } from './jaeger.ts';
import { allocatePorts } from './ports.ts';

/** Which part listens where; all on 127.0.0.1. */
export interface Layout {
  readonly ports: readonly number[];
  readonly postgres: number;
  readonly toxiproxy: number;
  readonly jaeger: JaegerPorts;
  readonly collector: CollectorOptions['ports'];
  service(name: string): number;
  /** Of the proxy of an edge, of the system or of the pipeline. */
  edge(id: string): number;
  /** What listens at a port, for messages. */
  owner(port: number): string;
}

/**
 * A port for each listener of the system's stack: the services first, so that with --port-base the entry is where one looks
 * for it. UserError when a port of a fixed block is taken.
 */
export async function planLayout(
  system: System,
  portBase: number | undefined,
  pipelineEdges: readonly string[] = [],
): Promise<Layout> {
  const services = Object.keys(system.services);
  const names = [
    ...services,
    ...system.edges.map((edge) => proxyLabel(edge.id)),
    'postgres',
    'toxiproxy',
    'collector (OTLP)',
    'collector (metrics)',
    'collector (health)',
    'jaeger (query)',
    'jaeger (query gRPC)',
    'jaeger (OTLP)',
    // Last, so that the others have the same ports with and without them.
    ...pipelineEdges.map(proxyLabel),
  ];
  const ports = await allocatePorts(names, portBase);
  const owners = new Map([...ports].map(([name, port]) => [port, name]));
  const port = (name: string): number => {
    const found = ports.get(name);
    if (found === undefined) throw new Error(`${name} has no port; there are: ${names.join(', ')}`);
    return found;
  };
  return {
    ports: [...ports.values()],
    postgres: port('postgres'),
    toxiproxy: port('toxiproxy'),
    jaeger: {
      queryHttp: port('jaeger (query)'),
      queryGrpc: port('jaeger (query gRPC)'),
      otlpGrpc: port('jaeger (OTLP)'),
    },
    collector: {
      otlpHttp: port('collector (OTLP)'),
      metrics: port('collector (metrics)'),
      health: port('collector (health)'),
    },
    service: (name) => {
      if (!services.includes(name)) throw new Error(`no service ${name}; there are: ${services.join(', ')}`);
      return port(name);
    },
    edge: (id) => port(proxyLabel(id)),
    owner: (number) => owners.get(number) ?? 'nothing',
  };
}

function proxyLabel(edge: string): string {
  return `proxy ${edge}`;
}
