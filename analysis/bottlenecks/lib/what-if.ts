import { retime, type SpanChange } from '../../critical-path/retime.ts';
import { type Call, edgeOf } from './calls.ts';
import { operation } from './names.ts';
import { siblingCalls } from './siblings.ts';
import type { TraceView } from './trace-view.ts';

/**
 * What a mitigation would have done to the traces of a run, as far as their durations go. Some mitigations remember from
 * request to request, so a trace is boiled down to numbers first, and then all are gone through in order of time.
 */
export interface WhatIf {
  facts(view: TraceView): Facts;
  /** Duration of each trace with the mitigation, in microseconds. @param inOrder by start */
  predict(inOrder: readonly Timed[]): readonly number[];
}

/** Times in microseconds. */
export interface Facts {
  /** Duration of the trace. */
  readonly asIsUs: number;
  /** Without the step that the mitigation is about, and how long that takes. */
  readonly withoutUs: number;
  readonly stepUs: number;
  /** From the trace's start to that of the step. */
  readonly stepAtUs: number;
}

export interface Timed extends Facts {
  readonly startUs: number;
  /** Whose request it is, for what remembers that; null = not known. */
  readonly key: string | null;
}

/** One trace at a time: nothing is remembered. */
function each(change: (view: TraceView) => ReadonlyMap<number, SpanChange>): WhatIf {
  return {
    facts(view) {
      const withoutUs = retime(view.tree, { spans: change(view) });
      return { asIsUs: view.rootUs, withoutUs, stepUs: 0, stepAtUs: 0 };
    },
    predict: durationsWithout,
  };
}

function durationsWithout(inOrder: readonly Timed[]): readonly number[] {
  return inOrder.map(({ withoutUs }) => withoutUs);
}

/** Calls of an operation one after the other become one call for all. @param lengthUs of it, of those of the single calls */
export function batched(
  name: string,
  lengthUs: (calls: readonly { startUs: number; endUs: number }[]) => number,
): WhatIf {
  return each((view) => {
    const changes = new Map<number, SpanChange>();
    for (const siblings of siblingCalls(view)) {
      const [first, ...others] = siblings.filter((call) => call.operation === name);
      if (!first || others.length === 0) continue;
      changes.set(first.index, { toUs: lengthUs([first, ...others]) });
      for (const { index } of others) changes.set(index, { toUs: 0 });
    }
    return changes;
  });
}

/** The steps of a name are not done before the answer. */
export function later(name: string): WhatIf {
  return each((view) => new Map(stepsOf(view, name).map((index) => [index, { toUs: 0 }])));
}

/** A call of an edge is given up after so long. What the caller does instead is not known, and taken for nothing. */
export function limited(edge: string, limitUs: number): WhatIf {
  return each((view) => {
    const calls = view.calls.filter((call) => call && edgeOf(call) === edge && call.lengthUs > limitUs);
    return new Map(calls.map((call) => [call?.index ?? -1, { toUs: limitUs }]));
  });
}

/** What a caller does when it gives up a call. */
export interface Instead {
  /** Names of the steps that it does not do any more. */
  readonly undone: readonly string[];
  /** How long what it does in their place takes, in microseconds. */
  readonly insteadUs: number;
}

/** The first call of an edge that lasts longer than the limit is given up then, and the edge is not called again. */
export function abandoned(edge: string, limitUs: number, { undone, insteadUs }: Instead): WhatIf {
  return {
    facts(view) {
      const none = { asIsUs: view.rootUs, stepUs: 0, stepAtUs: 0 };
      const startUs = ({ index }: Call): number => view.tree.spans[index]?.startUs ?? 0;
      const calls = view.calls
        .flatMap((call) => (call && edgeOf(call) === edge ? [call] : []))
        .sort((a, b) => startUs(a) - startUs(b));
      const at = calls.findIndex(({ lengthUs }) => lengthUs > limitUs);
      if (at === -1) return { ...none, withoutUs: view.rootUs };
      const changes = new Map<number, SpanChange>();
      for (const name of undone) for (const index of stepsOf(view, name)) changes.set(index, { toUs: 0 });
      for (const [place, { index }] of calls.entries())
        if (place >= at) changes.set(index, { toUs: place === at ? limitUs : 0 });
      return { ...none, withoutUs: retime(view.tree, { spans: changes }) + insteadUs };
    },
    predict: durationsWithout,
  };
}

/** The answer of a step is remembered by key for so long; who comes while it is being asked for waits for the same answer. */
export function remembered(name: string, freshUs: number): WhatIf {
  return {
    facts: (view) => factsOfStep(view, stepsOf(view, name)[0]),
    predict(inOrder) {
      // By key, when the last answer came, or will.
      const loaded = new Map<string, number>();
      return inOrder.map(({ asIsUs, withoutUs, stepUs, stepAtUs, startUs, key }) => {
        if (key === null || stepUs === 0) return asIsUs;
        const askedUs = startUs + stepAtUs;
        const loadedUs = loaded.get(key);
        if (loadedUs !== undefined && askedUs < loadedUs + freshUs)
          return withoutUs + Math.max(0, loadedUs - askedUs);
        loaded.set(key, askedUs + stepUs);
        return asIsUs;
      });
    },
  };
}

export interface BreakerSettings {
  /** Of a call; null = none. */
  readonly timeoutUs: number | null;
  /** In a row, after which it opens. */
  readonly failures: number;
  /** After which it lets one probe through. */
  readonly halfOpenUs: number;
}

/**
 * Calls of an edge behind a circuit breaker; a call that fails, or is not made, is made at somebody else's, which is taken to last
 * as the middle one of the quick calls does. A call fails that lasts longer than the time-out.
 */
export function broken(edge: string, { timeoutUs, failures, halfOpenUs }: BreakerSettings): WhatIf {
  return {
    facts: (view) => factsOfStep(view, view.calls.find((call) => call && edgeOf(call) === edge)?.index),
    predict(inOrder) {
      const limitUs = timeoutUs ?? Number.POSITIVE_INFINITY;
      const quick = inOrder
        .map(({ stepUs }) => stepUs)
        .filter((us) => us > 0 && us < limitUs)
        .sort((a, b) => a - b);
      const fallbackUs = quick[quick.length >> 1] ?? 0;
      const breaker = new Breaker(failures, halfOpenUs);
      return inOrder.map(({ asIsUs, withoutUs, stepUs, stepAtUs, startUs }) => {
        if (stepUs === 0) return asIsUs;
        const atUs = startUs + stepAtUs;
        if (!breaker.lets(atUs)) return withoutUs + fallbackUs;
        const failed = stepUs > limitUs;
        breaker.ends(atUs + Math.min(stepUs, limitUs), !failed);
        return failed ? withoutUs + limitUs + fallbackUs : asIsUs;
      });
    },
  };
}

/** A breaker that counts failures in a row, asked in order of time. */
class Breaker {
  readonly #failures: number;
  readonly #halfOpenUs: number;
  readonly #ends: { readonly atUs: number; readonly good: boolean }[] = [];
  #inARow = 0;
  #openUs: number | undefined;
  #isProbing = false;

  constructor(failures: number, halfOpenUs: number) {
    this.#failures = failures;
    this.#halfOpenUs = halfOpenUs;
  }

  /** Whether a call at that time is made. */
  lets(atUs: number): boolean {
    this.#catchUp(atUs);
    if (this.#openUs === undefined) return true;
    if (this.#isProbing || atUs < this.#openUs + this.#halfOpenUs) return false;
    this.#isProbing = true;
    return true;
  }

  ends(atUs: number, good: boolean): void {
    this.#ends.push({ atUs, good });
    this.#ends.sort((a, b) => a.atUs - b.atUs);
  }

  #catchUp(atUs: number): void {
    for (let next = this.#ends[0]; next && next.atUs <= atUs; next = this.#ends[0]) {
      this.#ends.shift();
      this.#inARow = next.good ? 0 : this.#inARow + 1;
      // While it is open nothing is made but the probe; what was made before does not count.
      if (this.#openUs !== undefined && !this.#isProbing) continue;
      if (this.#isProbing) this.#openUs = next.good ? undefined : next.atUs;
      else if (this.#inARow >= this.#failures) this.#openUs = next.atUs;
      this.#isProbing = false;
    }
  }
}

function stepsOf({ tree, times }: TraceView, name: string): readonly number[] {
  return tree.spans.flatMap(({ span }, index) =>
    index > 0 && operation(span.name) === name && (times.allUs[index] ?? 0) > 0 ? [index] : [],
  );
}

function factsOfStep(view: TraceView, index: number | undefined): Facts {
  const step = view.tree.spans[index ?? -1];
  const root = view.tree.spans[0];
  if (index === undefined || !step || !root)
    return { asIsUs: view.rootUs, withoutUs: view.rootUs, stepUs: 0, stepAtUs: 0 };
  return {
    asIsUs: view.rootUs,
    withoutUs: retime(view.tree, { spans: new Map([[index, { toUs: 0 }]]) }),
    stepUs: step.endUs - step.startUs,
    stepAtUs: step.startUs - root.startUs,
  };
}
