import type { MapEdge, ServiceMap } from '../../../analysis/service-map/map.ts';
import { serviceMap } from '../../../analysis/service-map/service-map.ts';
import { askRun, type RequestSpec, type RunSpec, type Tables } from '../../evidence/fixture.ts';

export async function mapOf(spec: RunSpec = {}): Promise<ServiceMap> {
  return askRun(spec, (evidence) => serviceMap(evidence));
}

/** The edge between two nodes; throws when there is none, or more than one. */
export function edgeOf({ edges }: ServiceMap, from: string, to: string): MapEdge {
  const found = edges.filter((edge) => edge.from === from && edge.to === to);
  const [edge] = found;
  if (!edge || found.length > 1) throw new Error(`${found.length} edges from ${from} to ${to}`);
  return edge;
}

/** Ten orders and ten reads in 70 s, and nothing broken. */
export const CALM: RunSpec = {
  run: { faults: [] },
  requests: [
    ...Array.from({ length: 10 }, (): RequestSpec => ({ route: 'order-create', phase: 'baseline' })),
    ...Array.from({ length: 10 }, (): RequestSpec => ({ route: 'product-read', phase: 'baseline' })),
  ],
};

type Span = Tables['recording'][number];

/** The CLIENT spans of calls from a service to another, or to the database. */
export function callsBetween({ recording }: Tables, from: string, to: string): Span[] {
  return recording.filter(
    ({ service, kind, peer_service, db_system }) =>
      service === from && kind === 'client' && (to === 'database' ? db_system !== null : peer_service === to),
  );
}
