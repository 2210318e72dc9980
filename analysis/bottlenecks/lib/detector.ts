import type { TraceChange } from '../../critical-path/retime.ts';
import type { Call } from './calls.ts';
import type { TraceView } from './trace-view.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** Where a bottleneck is. */
export interface Place {
  readonly service: string;
  /** Name of the operation. */
  readonly span: string;
  /** `caller -> callee` when it is a call. */
  readonly edge: string | null;
}

/** Where it is, with the step around it: `payment.charge` around `stripe.api`; null at the root. */
export interface PlaceWithin extends Place {
  readonly within: string | null;
}

/** What a detector has seen in one trace. */
export interface Observation {
  readonly place: Place;
  /** Indexes of the spans in the tree; of two bottlenecks that share one, the first detector's counts. */
  readonly spans: readonly number[];
  /** Time on the critical path that it is about, in microseconds; default: that of its spans with all that is below. */
  readonly pathUs?: number;
  /** Tells apart what is alike at one place but not the same, such as usual and slow calls. */
  readonly variant?: string;
  /** What would be different of the trace if it was mended. */
  readonly change: TraceChange;
  /** For the remedies, in microseconds where it is a time. */
  readonly figures: Readonly<Record<string, number>>;
}

/** How calls that are alike last in all traces; microseconds. */
export interface CallFigures {
  readonly calls: number;
  readonly p50Us: number;
  readonly p95Us: number;
  readonly maxUs: number;
  /** Median of the first ten, and when the last of them began. */
  readonly firstP50Us: number;
  readonly firstUntilUs: number;
}

/** What is known of all traces when one is looked at: figures by the key of calls. */
export type Known = ReadonlyMap<string, CallFigures>;

/** So many calls that are alike must have been seen to know what is usual. */
const ENOUGH = 20;

/** How calls like this one usually last; undefined when too few were seen. */
export function usualOf(known: Known, { key }: Pick<Call, 'key'>, enough = ENOUGH): CallFigures | undefined {
  const figures = known.get(key);
  return figures && figures.calls >= enough ? figures : undefined;
}

/** What was observed at one place in all traces of a route. */
export interface Group {
  readonly place: PlaceWithin;
  readonly traces: number;
  readonly calls: number;
  /** Of the critical path of the traces in which it was observed, 0 to 1. */
  readonly pathShare: number;
  /** Mean per trace in which it was observed. */
  readonly pathUs: number;
  readonly rootUs: number;
  readonly savedUs: number;
  /** Means of the observations' figures. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What a file of analysis/bottlenecks exports by default. */
export interface Detector {
  /** The file's name. */
  readonly id: string;
  /** What it looks for. */
  readonly title: string;
  /** Those of lower rank look first; what they have claimed is not looked at by the others. */
  readonly rank: number;
  find(trace: TraceView, known: Known): readonly Observation[];
  severity(group: Group): Severity;
  /** Whether the saving is what it can be at most: how much of it is to be had, the traces do not say. Default: no. */
  isBound?(group: Group): boolean;
  /** A sentence for people. */
  what(group: Group): string;
  /** What to do, what helps most first. */
  remedies(group: Group): readonly string[];
}

/** `payment.charge -> stripe.api`, or the operation alone where nothing is around it. */
export function placeText({ within, span }: PlaceWithin): string {
  return within === null || within === span ? span : `${within} -> ${span}`;
}
