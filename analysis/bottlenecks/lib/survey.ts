import { retime } from '../../critical-path/retime.ts';
import type { PathSpan } from '../../critical-path/span.ts';
import { buildTree, type TreeNotes } from '../../critical-path/tree.ts';
import { edgeOf, type Parties } from './calls.ts';
import type { Detector, Known } from './detector.ts';
import { GroupSum } from './group-sum.ts';
import { operation } from './names.ts';
import { mergeChanges, observe } from './observe.ts';
import { type TraceView, viewOf } from './trace-view.ts';

/** The spans of one trace, in any order. */
export interface TraceInput {
  /** By which route the request came; null = it is called by its root span. */
  readonly route: string | null;
  readonly spans: readonly PathSpan[];
}

/** Where traces come from; can be gone through more than once. Traces come in any order, each whole. */
export interface TraceSource {
  readonly parties: Parties;
  readonly known: Known;
  /** @param routes no other routes are wanted; others may come all the same */
  traces(routes?: readonly string[]): AsyncIterable<TraceInput>;
}

/** All that was seen of the traces of one route. */
export interface RouteSurvey {
  readonly route: string;
  /** Duration of the root of each trace, in microseconds. */
  readonly totalsUs: readonly number[];
  readonly spans: number;
  /** Own time on the critical path, in microseconds, in all traces together. */
  readonly path: ReadonlyMap<string, PathPlace>;
  /** What weighs most first. */
  readonly groups: readonly GroupSum[];
  /** Totals when the first n + 1 of the groups whose saving is no bound were mended, in microseconds. */
  readonly after: readonly (readonly number[])[];
  readonly notes: TreeNotes;
}

export interface PathPlace {
  readonly service: string;
  readonly span: string;
  readonly edge: string | null;
  us: number;
}

const SEVERITIES = ['critical', 'warning', 'info'] as const;

/** How many of the groups are mended one after the other, to see what they save together. */
const STEPS = 6;

/** Goes through all traces, once to see what there is, and once more to see what mending it would do altogether. */
export async function survey(
  source: TraceSource,
  detectors: readonly Detector[],
): Promise<readonly RouteSurvey[]> {
  const routes = new Map<string, RouteSum>();
  for await (const { name, view } of views(source)) {
    const sum = routes.get(name) ?? new RouteSum(name);
    routes.set(name, sum);
    sum.add(view, detectors, source.known);
  }
  const sums = [...routes.values()].map((sum) => sum.ordered());
  const again = sums.filter(({ groups }) => groups.some(({ isBound }) => !isBound)).map(({ route }) => route);
  if (again.length > 0) {
    for await (const { name, view } of views(source, again))
      if (again.includes(name)) routes.get(name)?.mend(view, detectors, source.known);
  }
  return sums.sort((a, b) => total(b.totalsUs) - total(a.totalsUs) || (a.route < b.route ? -1 : 1));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

async function* views(
  source: TraceSource,
  routes?: readonly string[],
): AsyncGenerator<{ readonly name: string; readonly view: TraceView }> {
  for await (const { route, spans } of source.traces(routes)) {
    const tree = buildTree(spans);
    const root = tree?.spans[0]?.span;
    if (!tree || !root) continue;
    yield { name: route ?? operation(root.name), view: viewOf(tree, source.parties) };
  }
}

class RouteSum implements RouteSurvey {
  readonly route: string;
  readonly totalsUs: number[] = [];
  readonly path = new Map<string, PathPlace>();
  readonly notes = { duplicates: 0, moved: 0, async: 0, placed: 0, left: 0 };
  spans = 0;
  after: number[][] = [];
  groups: readonly GroupSum[] = [];
  readonly #sums = new Map<string, GroupSum>();
  #order: readonly string[] = [];

  constructor(route: string) {
    this.route = route;
  }

  add(view: TraceView, detectors: readonly Detector[], known: Known): void {
    const number = this.totalsUs.push(view.rootUs) - 1;
    this.spans += view.tree.spans.length;
    for (const key of ['duplicates', 'moved', 'async', 'placed', 'left'] as const)
      this.notes[key] += view.tree.notes[key];
    this.#addPath(view);
    for (const [key, { detector, observations }] of observe(detectors, view, known)) {
      const [first] = observations;
      if (!first) continue;
      const sum = this.#sums.get(key) ?? new GroupSum(detector, view, first);
      this.#sums.set(key, sum);
      sum.add(view, observations, number);
    }
  }

  ordered(): this {
    const rank = (sum: GroupSum) => SEVERITIES.indexOf(sum.detector.severity(sum.group()));
    const entries = [...this.#sums].sort(
      ([keyA, a], [keyB, b]) =>
        rank(a) - rank(b) || b.totalSavedUs - a.totalSavedUs || (keyA < keyB ? -1 : 1),
    );
    this.groups = entries.map(([, sum]) => sum);
    const sure = entries.filter(([, sum]) => !sum.isBound);
    this.#order = sure.slice(0, STEPS).map(([key]) => key);
    return this;
  }

  /** To be called for each trace once more, when the groups are in order. */
  mend(view: TraceView, detectors: readonly Detector[], known: Known): void {
    const seen = observe(detectors, view, known);
    let changes: readonly ReturnType<typeof mergeChanges>[] = [];
    let us = view.rootUs;
    for (const [step, key] of this.#order.entries()) {
      const more = seen.get(key)?.observations ?? [];
      if (more.length > 0) {
        changes = [...changes, ...more.map(({ change }) => change)];
        us = retime(view.tree, mergeChanges(changes));
      }
      this.after[step] ??= [];
      this.after[step].push(us);
    }
  }

  #addPath({ tree, times, calls }: TraceView): void {
    for (const [index, us] of times.ownUs.entries()) {
      if (us === 0) continue;
      const call = calls[index];
      const span = tree.spans[index]?.span;
      if (!span) continue;
      const edge = call ? edgeOf(call) : null;
      const name = call?.name ?? operation(span.name);
      const key = [span.service, name, edge ?? ''].join('\n');
      const known = this.path.get(key);
      if (known) known.us += us;
      else this.path.set(key, { service: span.service, span: name, edge, us });
    }
  }
}
