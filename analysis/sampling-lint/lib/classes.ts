import type { SamplingPromise } from '../../../harness/contracts.ts';
import type { Expectations } from './rule.ts';

/** The traces to which a promise applies and none before it: what is known of each of them. */
export interface TraceClass {
  readonly promise: SamplingPromise;
  /** Of all traces, 0 to 1; null when it is not known. */
  readonly share: number | null;
  /** Undefined: some have an error and some do not. */
  readonly hasError: boolean | undefined;
  /** Their durations: at least, and less than. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Undefined: any but `otherThan`. */
  readonly path: string | undefined;
  readonly otherThan: readonly string[];
}

/** How to call the traces of a class in a sentence. */
export function nameOf({ promise, path }: TraceClass): string {
  switch (promise.when.kind) {
    case 'error':
      return 'traces with an error';
    case 'slow':
      return `traces of ${promise.when.ms} ms or more`;
    case 'path':
      return `requests to ${path ?? promise.when.paths.join(', ')}`;
    case 'any':
      return 'all other traces';
  }
}

/** The classes in the order of the promises, one a path; what a promise before takes away entirely is left out. */
export function classesOf({ promises, errorShare, slowShare }: Expectations): readonly TraceClass[] {
  const classes: TraceClass[] = [];
  let rest: Omit<TraceClass, 'promise' | 'share' | 'path'> = {
    hasError: undefined,
    fromMs: 0,
    untilMs: Number.POSITIVE_INFINITY,
    otherThan: [],
  };
  let left = 1;
  for (const promise of promises) {
    const { when } = promise;
    if (when.kind === 'path') {
      const paths = when.paths.filter((path) => !rest.otherThan.includes(path));
      for (const path of paths) classes.push({ ...rest, promise, path, share: null });
      rest = { ...rest, otherThan: [...rest.otherThan, ...paths] };
    } else if (when.kind === 'error') {
      if (rest.hasError === false) continue;
      classes.push({ ...rest, promise, path: undefined, hasError: true, share: errorShare });
      left -= errorShare;
      rest = { ...rest, hasError: false };
    } else if (when.kind === 'slow') {
      if (when.ms >= rest.untilMs) continue;
      // A second bound takes an unknown part of what is left.
      const isFirst = rest.untilMs === Number.POSITIVE_INFINITY;
      classes.push({ ...rest, promise, path: undefined, fromMs: when.ms, share: isFirst ? slowShare : null });
      left -= isFirst ? slowShare : 0;
      rest = { ...rest, untilMs: when.ms };
    } else {
      classes.push({ ...rest, promise, path: undefined, share: Math.max(0, left) });
      break;
    }
  }
  return classes;
}
