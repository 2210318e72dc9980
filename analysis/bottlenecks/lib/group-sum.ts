import type { TraceTree } from '../../critical-path/tree.ts';
import type { Detector, Group, Observation, PlaceWithin } from './detector.ts';
import { operation, saysNothing } from './names.ts';
import { mergeChanges } from './observe.ts';
import { pathUsOf, savedUs, type TraceView } from './trace-view.ts';

/** Traces to look at, at most: those in which it took longest. */
const EXAMPLES = 5;

/** What was seen of one bottleneck, summed over traces. */
export class GroupSum {
  readonly detector: Detector;
  readonly #place: PlaceWithin;
  readonly #figures: Record<string, number> = {};
  #examples: { readonly traceId: string; readonly pathUs: number }[] = [];
  /** What the trace of this number would last, in microseconds. */
  readonly afterUs = new Map<number, number>();
  #observations = 0;
  #calls = 0;
  #pathUs = 0;
  #rootUs = 0;
  #savedUs = 0;

  constructor(detector: Detector, { tree }: TraceView, { place, spans }: Observation) {
    this.detector = detector;
    this.#place = { ...place, within: stepAround(tree, spans[0] ?? 0, place.span) };
  }

  /** @param number of the trace among those of its route */
  add(view: TraceView, observations: readonly Observation[], number: number): void {
    const whole = observations.filter(({ pathUs }) => pathUs === undefined).flatMap(({ spans }) => spans);
    const pathUs = observations.reduce((sum, each) => sum + (each.pathUs ?? 0), pathUsOf(view, whole));
    const saved = savedUs(view, mergeChanges(observations.map(({ change }) => change)));
    this.#pathUs += pathUs;
    this.#rootUs += view.rootUs;
    this.#savedUs += saved;
    this.afterUs.set(number, view.rootUs - saved);
    for (const { spans, figures } of observations) {
      this.#observations += 1;
      this.#calls += spans.length;
      for (const [key, value] of Object.entries(figures))
        this.#figures[key] = (this.#figures[key] ?? 0) + value;
    }
    this.#examples = [...this.#examples, { traceId: view.tree.traceId, pathUs }]
      .sort((a, b) => b.pathUs - a.pathUs || (a.traceId < b.traceId ? -1 : 1))
      .slice(0, EXAMPLES);
  }

  get examples(): readonly string[] {
    return this.#examples.map(({ traceId }) => traceId);
  }

  /** In all traces together, in microseconds. */
  get totalSavedUs(): number {
    return this.#savedUs;
  }

  /** Whether the saving is an upper bound. */
  get isBound(): boolean {
    return this.detector.isBound?.(this.group()) ?? false;
  }

  group(): Group {
    const traces = this.afterUs.size;
    const mean = (sum: number, of: number) => (of === 0 ? 0 : sum / of);
    const figures = Object.entries(this.#figures).map(([key, sum]) => [key, mean(sum, this.#observations)]);
    return {
      place: this.#place,
      traces,
      calls: this.#calls,
      pathShare: mean(this.#pathUs, this.#rootUs),
      pathUs: mean(this.#pathUs, traces),
      rootUs: mean(this.#rootUs, traces),
      savedUs: mean(this.#savedUs, traces),
      figures: Object.fromEntries(figures),
    };
  }
}

/** The nearest step around a span whose name says something else; null for the root, which is around everything. */
function stepAround({ spans }: TraceTree, index: number, name: string): string | null {
  let at = spans[index]?.parent ?? -1;
  while (at > 0) {
    const { span, parent = -1 } = spans[at] ?? {};
    const step = operation(span?.name ?? '');
    if (!saysNothing(step) && step !== name) return step;
    at = parent;
  }
  return null;
}
