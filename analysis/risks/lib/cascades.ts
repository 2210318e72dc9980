import type { Edge, RunRecord } from '../../../harness/contracts.ts';
import type { Prediction } from '../outcomes.ts';
import { isCritical, type Node, nodesOf } from './nodes.ts';

/** An edge whose failure climbs through other services until a route fails. */
export interface Cascade {
  readonly edge: string;
  /** Who falls after whom: the callee of the edge first, the entry service last. */
  readonly services: readonly string[];
  /** The edges of that path, the failing one first. */
  readonly path: readonly string[];
  /** Routes that fail by it. */
  readonly routes: readonly string[];
  readonly remedy: string;
}

/**
 * The predicted cascades: edges that are down and whose damage passes one other service at least; the worst first.
 */
export function cascadesOf(run: RunRecord, predictions: readonly Prediction[]): readonly Cascade[] {
  const nodes = nodesOf(run);
  const fatal = predictions.filter(
    ({ fault, outcome, path }) => fault === 'down' && outcome === 'failed' && path.length > 1,
  );
  const byPath = Map.groupBy(fatal, ({ path }) => path.join(' '));
  return [...byPath.values()]
    .flatMap((group): Cascade[] => {
      const [first] = group;
      const edges = (first?.path ?? []).flatMap(
        (id) => run.system.edges.find((edge) => edge.id === id) ?? [],
      );
      const [edge] = edges;
      if (!first || !edge) return [];
      return [
        {
          edge: edge.id,
          services: [edge.to, ...edges.map(({ from }) => from)],
          path: first.path,
          routes: group.map(({ route }) => route),
          remedy: remedyOf(run, edge),
        },
      ];
    })
    .sort((a, b) => rankOf(nodes, a) - rankOf(nodes, b) || b.path.length - a.path.length);
}

/** External services first, whose failures nobody here can mend, then the other critical ones, databases, the rest. */
function rankOf(nodes: readonly Node[], { services }: Cascade): number {
  const node = nodes.find(({ name }) => name === services[0]);
  if (!node || !isCritical(node)) return 3;
  return ['external', 'internal', 'database'].indexOf(node.kind);
}

function remedyOf({ system }: RunRecord, { from, to }: Edge): string {
  const kind = system.services[to]?.kind;
  const means =
    kind === 'external' ? 'a time-out, a circuit breaker and a fallback' : 'a time-out and a fallback';
  return `${means} in ${from}`;
}
