import { percent } from '../../../analysis/lib/text.ts';
import type { CallStats, MapEdge, MapNode, ServiceMap } from '../../../analysis/service-map/map.ts';
import { number } from '../../../reports/lib/text.ts';

/** `16.5/s`; what comes less than ten times a second with two digits that say something. */
export function rate({ ratePerS }: CallStats): string {
  return `${ratePerS >= 10 ? number(ratePerS, 1) : ratePerS.toLocaleString('en-US', { maximumSignificantDigits: 2 })}/s`;
}

/** `2,322 ms`; below ten with one decimal; `-` for none. */
export function milliseconds(value: number | null): string {
  return value === null ? '-' : `${number(value, value < 10 ? 1 : 0)} ms`;
}

/** Share of the calls that failed: `2.1 %`; `-` without calls. */
export function errorPercent({ calls, errors }: CallStats): string {
  return calls === 0 ? '-' : percent(errors / calls, 1);
}

/** `6.5/s, 2 % errors`, and `p50 10 ms, p99 2,322 ms`. */
function statsLines(stats: CallStats): readonly string[] {
  if (stats.calls === 0) return ['no calls'];
  const errors = stats.errors > 0 ? [`${errorPercent(stats)} errors`] : [];
  return [
    [rate(stats), ...errors].join(', '),
    `p50 ${milliseconds(stats.p50Ms)}, p99 ${milliseconds(stats.p99Ms)}`,
  ];
}

/** What an edge of a picture is, the most important first. */
export type EdgeLook = 'fault' | 'undeclared' | 'unused' | 'touched' | 'usual';

export function lookOf(edge: MapEdge): EdgeLook {
  if (edge.faults.length > 0) return 'fault';
  if (isUndeclared(edge)) return 'undeclared';
  if (edge.mode === null) return 'unused';
  return isTouched(edge) ? 'touched' : 'usual';
}

/** What must change under a fault for an edge to count as touched: less is the usual up and down of short phases. */
const TOUCHED = { times: 2, moreMs: 50, errorShare: 0.02, rateShare: 0.7, leastCalls: 20 } as const;

/**
 * Whether the calls over an edge went another way under the fault: twice as long at the median or the 99th percentile and
 * 50 ms more, two more in a hundred failed, or less than seven in ten were made.
 */
export function isTouched({ calm, underFault }: MapEdge): boolean {
  if (!underFault || calm.calls < TOUCHED.leastCalls) return false;
  const isSlower = (before: number | null, after: number | null): boolean =>
    before !== null && after !== null && after > Math.max(before * TOUCHED.times, before + TOUCHED.moreMs);
  const share = ({ calls, errors }: CallStats): number => (calls === 0 ? 0 : errors / calls);
  return (
    underFault.ratePerS < calm.ratePerS * TOUCHED.rateShare ||
    share(underFault) > share(calm) + TOUCHED.errorShare ||
    isSlower(calm.p50Ms, underFault.p50Ms) ||
    isSlower(calm.p99Ms, underFault.p99Ms)
  );
}

function isUndeclared({ id, kind }: MapEdge): boolean {
  return id === null && (kind === 'call' || kind === 'database');
}

/** A line on an edge of a picture; an alarm is what is wrong. */
export interface EdgeLine {
  readonly text: string;
  readonly tone: 'calm' | 'alarm' | 'fault';
}

/** What is written on an edge of a picture: how it does without a fault, under one when that differs, and which fault it has. */
export function edgeLines(edge: MapEdge): readonly EdgeLine[] {
  const { calm, underFault, faults } = edge;
  const calmLines = edge.mode === null ? ['never called'] : statsLines(calm);
  const isShown = edge.mode !== null && (isTouched(edge) || faults.length > 0);
  const faultLines = underFault && isShown ? statsLines(underFault) : [];
  return [
    ...faults.map((fault) => ({ text: `fault: ${fault}`, tone: 'fault' as const })),
    ...(isUndeclared(edge) ? [{ text: 'not declared', tone: 'alarm' as const }] : []),
    ...calmLines.map((text) => ({
      text,
      tone: text.includes('errors') ? ('alarm' as const) : ('calm' as const),
    })),
    ...faultLines.map((text, index) => ({
      text: `${index === 0 ? 'under fault ' : ''}${text}`,
      tone: text.includes('errors') ? ('alarm' as const) : ('calm' as const),
    })),
  ];
}

/** What is written below a node's name. */
export function nodeLine({ kind, criticality, isDeclared }: MapNode): string {
  if (kind === 'unknown') return 'not declared';
  const words = {
    clients: 'load',
    internal: 'service',
    external: 'external',
    database: 'database',
    queue: 'queue',
  };
  return [
    words[kind],
    criticality,
    isDeclared || kind === 'clients' || kind === 'queue' ? null : 'not declared',
  ]
    .filter((word) => word !== null)
    .join(', ');
}

/** `Service map of shop (naive): Nothing is wrong`. */
export function headline({ system, build, title }: ServiceMap): string {
  return `Service map of ${system}${build === null ? '' : ` (${build})`}: ${title}`;
}

/** Which run, and how long it was measured. */
export function subline({ run, calmS, faultS, every }: ServiceMap): string {
  const fault = faultS > 0 ? ` without a fault, ${number(faultS)} s with one` : '';
  return `${run}, ${number(calmS)} s${fault}; errors: no answer, or 5xx${every > 1 ? `; one trace in ${number(every)} was looked at` : ''}`;
}
