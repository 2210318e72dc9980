import type { RunRecord } from '../../../harness/contracts.ts';
import type { Prediction } from '../outcomes.ts';
import type { Dependencies } from './dependencies.ts';
import { isCritical, type Node, nodesOf } from './nodes.ts';

/** A service or database without which a route gives no good answer. */
export interface SinglePoint {
  readonly node: string;
  readonly kind: Node['kind'];
  readonly criticality: string | null;
  /** end: it calls nothing on behalf of these routes, so that what is wrong with it is its own. */
  readonly position: 'end' | 'on the way';
  readonly routes: readonly {
    readonly route: string;
    /** Edges to it that its requests need. */
    readonly edges: readonly string[];
    /** Why it is needed, with the numbers that were seen. */
    readonly because: string;
  }[];
  /** Share of all good requests that belong to these routes, 0 to 1. */
  readonly share: number;
  readonly remedy: string;
}

/**
 * The services and databases over which every good request of a route called before its answer (or, where some call
 * for all, lived on such a call), and of which nothing that was seen or declared stands in when they are down.
 */
export function singlePointsOf(
  run: RunRecord,
  known: Dependencies,
  predictions: readonly Prediction[],
): readonly SinglePoint[] {
  const all = known.routes.reduce((sum, { good }) => sum + good, 0);
  return nodesOf(run)
    .flatMap((node): SinglePoint[] => {
      const ids = node.edges.map(({ id }) => id);
      const routes = known.routes.flatMap(({ route }) => {
        const fatal = predictions.filter(
          (each) =>
            each.route === route &&
            ids.includes(each.edge) &&
            each.fault === 'down' &&
            each.outcome === 'failed',
        );
        const [first] = fatal;
        return first ? [{ route, edges: fatal.map(({ edge }) => edge), because: first.because }] : [];
      });
      if (routes.length === 0) return [];
      const names = routes.map(({ route }) => route);
      const good = known.routes
        .filter(({ route }) => names.includes(route))
        .reduce((sum, each) => sum + each.good, 0);
      const callsOn = run.system.edges.some(
        ({ id, from }) =>
          from === node.name && known.uses.some((use) => use.edge === id && names.includes(use.route)),
      );
      const position = callsOn ? 'on the way' : 'end';
      const { name, kind, criticality } = node;
      return [
        {
          node: name,
          kind,
          criticality,
          position,
          routes,
          share: all === 0 ? 0 : good / all,
          remedy: remedyOf(node, position),
        },
      ];
    })
    .sort(
      (a, b) =>
        Number(isCritical(b)) - Number(isCritical(a)) ||
        Number(b.position === 'end') - Number(a.position === 'end') ||
        b.share - a.share,
    );
}

function remedyOf(node: Node, position: SinglePoint['position']): string {
  if (node.kind === 'database') return 'a replica that takes over';
  if (node.kind === 'external') return 'a time-out, a circuit breaker, and a second provider to fall back on';
  if (!isCritical(node)) return 'go on without its answer, and make up for it later';
  return position === 'end'
    ? 'a cache of its answers, and replicas'
    : 'replicas, and what stands in for those that it calls';
}
