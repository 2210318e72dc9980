import type { RunRecord } from '../../../harness/contracts.ts';
import { CLIENTS, type MapEdge, type MapNode } from '../map.ts';

/** Everything that an edge leads from or to, and every declared service. */
export function nodesOf({ system }: RunRecord, edges: readonly MapEdge[]): readonly MapNode[] {
  const names = new Set([
    ...edges.filter(({ kind }) => kind === 'clients').map(({ from }) => from),
    ...Object.keys(system.services),
    ...edges.flatMap(({ from, to }) => [from, to]),
  ]);
  return [...names].map((name): MapNode => {
    const service = system.services[name];
    if (service)
      return {
        name,
        kind: service.kind === 'external' ? 'external' : 'internal',
        criticality: service.criticality,
        isDeclared: true,
      };
    const isDeclared = system.edges.some(({ to }) => to === name);
    return { name, kind: kindOf(name, edges), criticality: null, isDeclared };
  });
}

function kindOf(name: string, edges: readonly MapEdge[]): MapNode['kind'] {
  if (name === CLIENTS) return 'clients';
  const own = edges.filter(({ from, to }) => from === name || to === name);
  if (own.some(({ kind, to }) => kind === 'database' && to === name)) return 'database';
  return own.some(({ kind }) => kind === 'queue') ? 'queue' : 'unknown';
}
