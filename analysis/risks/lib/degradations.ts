import type { RunRecord } from '../../../harness/contracts.ts';
import type { Outcome, Prediction } from '../outcomes.ts';
import type { Dependencies } from './dependencies.ts';
import { isCritical, type Node, nodesOf } from './nodes.ts';

/** What goes on when a service that is not critical, or for which something stands in, is down. */
export interface Degradation {
  readonly node: string;
  readonly kind: Node['kind'];
  readonly criticality: string | null;
  /** The routes that wait for it, and what is predicted of them. */
  readonly routes: readonly { readonly route: string; readonly outcome: Outcome; readonly because: string }[];
  /** Calls to it that no answer waits for. */
  readonly apart: number;
  /** Routes that never wait for it. */
  readonly untouched: readonly string[];
  /** What to do about the routes that fail; empty when none does. */
  readonly remedy: string;
}

/**
 * The services without which a request could go on: those that the system does not declare critical, and those for
 * which something stands in. Services that no recorded request called are left out.
 */
export function degradationsOf(
  run: RunRecord,
  known: Dependencies,
  predictions: readonly Prediction[],
): readonly Degradation[] {
  return nodesOf(run).flatMap((node): Degradation[] => {
    const ids = node.edges.map(({ id }) => id);
    const routes = known.routes
      .filter(({ route }) => known.uses.some((use) => use.route === route && ids.includes(use.edge)))
      .flatMap(({ route }) => {
        const worst = worstOf(predictions.filter((each) => each.route === route && ids.includes(each.edge)));
        return worst ? [{ route, outcome: worst.outcome, because: worst.because }] : [];
      });
    const goesOn = routes.some(({ outcome }) => outcome !== 'failed');
    const apart = known.apart
      .filter(({ edge }) => ids.includes(edge))
      .reduce((sum, { calls }) => sum + calls, 0);
    const isKnown = routes.length > 0 || apart > 0;
    if (!isKnown || (isCritical(node) && routes.length > 0 && !goesOn)) return [];
    const names = routes.map(({ route }) => route);
    const untouched = known.routes.map(({ route }) => route).filter((route) => !names.includes(route));
    const fails = routes.some(({ outcome }) => outcome === 'failed');
    const { name, kind, criticality } = node;
    return [
      {
        node: name,
        kind,
        criticality,
        routes,
        apart,
        untouched,
        remedy: remedyOf(node, routes.length, fails),
      },
    ];
  });
}

/** Of the routes' predictions for edges that are down the worst. */
function worstOf(predictions: readonly Prediction[]): Prediction | undefined {
  const down = predictions.filter(({ fault }) => fault === 'down');
  return (
    down.find(({ outcome }) => outcome === 'failed') ??
    down.find(({ outcome }) => outcome === 'degraded') ??
    down[0]
  );
}

function remedyOf({ criticality }: Node, waiting: number, fails: boolean): string {
  if (waiting === 0) return '';
  if (criticality === 'low') return 'call it after the answer, by a queue, until it succeeds';
  return fails ? 'go on without its answer, with an old one or by making up for it later' : '';
}
