import { buildTree } from '../../critical-path/tree.ts';
import { type Call, callsOf, type Parties } from './calls.ts';
import type { CallFigures, Known } from './detector.ts';
import { quantile } from './quantile.ts';
import type { TraceInput } from './survey.ts';

/** How many of the calls of one key are the first. */
export const FIRST = 10;

/** The figures of all calls of traces that are in memory. */
export function callFigures(traces: Iterable<TraceInput>, parties: Parties): Known {
  const calls = new Map<string, { readonly startUs: number; readonly us: number }[]>();
  for (const { spans } of traces) {
    const tree = buildTree(spans);
    for (const call of tree ? callsOf(tree, parties) : []) {
      if (!call || !tree) continue;
      const list = calls.get(call.key) ?? [];
      list.push(timesOf(call, tree.spans[call.index]?.startUs ?? 0));
      calls.set(call.key, list);
    }
  }
  return new Map([...calls].map(([key, list]) => [key, figuresOf(list)]));
}

function timesOf({ lengthUs }: Call, startUs: number) {
  return { startUs, us: lengthUs };
}

function figuresOf(calls: { readonly startUs: number; readonly us: number }[]): CallFigures {
  const lengths = calls.map(({ us }) => us);
  const first = [...calls].sort((a, b) => a.startUs - b.startUs || a.us - b.us).slice(0, FIRST);
  return {
    calls: calls.length,
    p50Us: quantile(lengths, 0.5) ?? 0,
    p95Us: quantile(lengths, 0.95) ?? 0,
    maxUs: lengths.reduce((most, us) => Math.max(most, us), 0),
    firstP50Us:
      quantile(
        first.map(({ us }) => us),
        0.5,
      ) ?? 0,
    firstUntilUs: first.at(-1)?.startUs ?? 0,
  };
}
