import type { Edge, RunRecord } from '../../../harness/contracts.ts';

/** What an edge can lead to: a service of the system, or its database. */
export interface Node {
  readonly name: string;
  readonly kind: 'internal' | 'external' | 'database';
  /** As the system declares it; null for a database. */
  readonly criticality: string | null;
  /** The edges that lead to it. */
  readonly edges: readonly Edge[];
}

const CRITICALITIES: readonly (string | null)[] = ['critical', 'high', 'low', null];

/** Everything that an edge leads to, the critical ones first; a database counts as critical, since nobody says otherwise. */
export function nodesOf({ system }: RunRecord): readonly Node[] {
  const names = [...new Set(system.edges.map(({ to }) => to))];
  return names
    .map((name): Node => {
      const service = system.services[name];
      const edges = system.edges.filter(({ to }) => to === name);
      if (!service) return { name, kind: 'database', criticality: null, edges };
      return {
        name,
        kind: service.kind === 'external' ? 'external' : 'internal',
        criticality: service.criticality,
        edges,
      };
    })
    .sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ criticality }: Node): number {
  return CRITICALITIES.indexOf(criticality ?? 'critical');
}

/** Whether the request can do without it, by what the system declares. */
export function isCritical({ criticality }: Pick<Node, 'criticality'>): boolean {
  return criticality === null || criticality === 'critical';
}
