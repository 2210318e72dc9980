import { callFigures } from '../../../analysis/bottlenecks/lib/call-figures.ts';
import type { Parties } from '../../../analysis/bottlenecks/lib/calls.ts';
import type {
  CallFigures,
  Detector,
  Known,
  Observation,
} from '../../../analysis/bottlenecks/lib/detector.ts';
import { savedUs, type TraceView, viewOf } from '../../../analysis/bottlenecks/lib/trace-view.ts';
import type { PathSpan } from '../../../analysis/critical-path/span.ts';
import { span, treeOf } from '../critical-path/trees.ts';

export { span };

/** Services `a`, `b` and `c` are ours. */
export const PARTIES: Parties = { external: new Set(['theirs']), seen: new Set(['a', 'b', 'c']) };

/** A call by service `a`. */
export function call(
  id: string,
  parentId: string | null,
  startMs: number,
  endMs: number,
  peer: string,
  more: Partial<PathSpan> = {},
): PathSpan {
  return span(id, parentId, startMs, endMs, { kind: 'client', peer, ...more });
}

export function query(
  id: string,
  parentId: string | null,
  startMs: number,
  endMs: number,
  more: Partial<PathSpan> = {},
): PathSpan {
  return span(id, parentId, startMs, endMs, { kind: 'client', db: 'postgresql', verb: 'SELECT', ...more });
}

export const view = (...spans: readonly PathSpan[]): TraceView => viewOf(treeOf(...spans), PARTIES);

/** Known figures for every call of the trace. */
export function known(trace: TraceView, figures: Partial<CallFigures>): Known {
  const all = {
    calls: 100,
    p50Us: 10_000,
    p95Us: 20_000,
    maxUs: 20_000,
    firstP50Us: 10_000,
    firstUntilUs: 0,
  };
  return new Map(trace.calls.flatMap((each) => (each ? [[each.key, { ...all, ...figures }] as const] : [])));
}

export const alone = (trace: TraceView): Known =>
  callFigures([{ route: null, spans: trace.tree.spans.map((each) => each.span) }], PARTIES);

/** What a detector sees, in short: operation, edge, spans, and what mending saves in milliseconds. */
export function seen(detector: Detector, trace: TraceView, figures: Known = alone(trace)): readonly object[] {
  return detector.find(trace, figures).map((each: Observation) => ({
    span: each.place.span,
    edge: each.place.edge,
    spans: each.spans.map((index) => trace.tree.spans[index]?.span.spanId).sort(),
    savesMs: savedUs(trace, each.change) / 1000,
  }));
}
