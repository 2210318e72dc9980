/** The tracing pipeline as a fault sees it: its edges, and its parts as processes. The same for every system. */
import type { Edge, Scenario } from './contracts.ts';

/** Edges that get a proxy of their own only in a scenario that places a fault on them: proxying telemetry costs CPU. */
export const PIPELINE_EDGES = [
  {
    id: 'services-to-collector',
    from: 'services',
    to: 'collector',
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    isPipeline: true,
  },
  {
    id: 'collector-to-jaeger',
    from: 'collector',
    to: 'jaeger',
    variable: 'CHAOSCOPE_JAEGER_OTLP_GRPC',
    isPipeline: true,
  },
] as const satisfies readonly Edge[];

/** Parts that a fault can end and start again. */
export const PIPELINE_PARTS = ['collector', 'jaeger'] as const;

/** The edge of a pipeline, or what stands for a part in a fault's window; undefined when there is none of that name. */
export function pipelineEdge(on: string): Edge | undefined {
  const part = PIPELINE_PARTS.find((name) => name === on);
  if (part !== undefined) return { id: part, from: '', to: part, variable: '', isPipeline: true };
  return PIPELINE_EDGES.find(({ id }) => id === on);
}

/** The edges that need a proxy in a scenario. Also with --no-fault: that run is to differ by its faults alone. */
export function proxiedPipelineEdges({ faults }: Pick<Scenario, 'faults'>): readonly string[] {
  const ids: readonly string[] = PIPELINE_EDGES.map(({ id }) => id);
  return [...new Set(faults.map(({ on }) => on))].filter((on) => ids.includes(on));
}
