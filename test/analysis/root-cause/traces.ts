/** Traces of the fixture's system with trouble planted on chosen calls, for a ranking that sees spans only. */

import { rootCause } from '../../../analysis/root-cause/root-cause.ts';
import type { SpanRow } from '../../../harness/contracts.ts';
import { TraceBuilder } from '../../evidence/fixture/spans.ts';
import { askRun, START_US, traceIdOf } from '../../evidence/fixture.ts';

/** Who calls whom, one after the other. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'api-gateway': ['auth-service', 'order-service'],
  'order-service': ['database', 'inventory-service', 'payment-service'],
  'inventory-service': ['database'],
  'payment-service': ['stripe-api'],
};

/**
 * What becomes of a call. refused: an error at once, and the callee saw nothing. lost: the callee answers, and the answer does not
 * arrive. unanswered: an error after `ms`, and the callee saw nothing. late: the answer takes `ms` longer. given-up: the same, and the caller
 * does not wait for it. unmade: it should have been made and was not, its caller fails. broken: the callee fails by itself.
 * busy: the callee itself takes `ms` longer.
 */
export type Trouble =
  | { readonly is: 'refused' | 'lost' | 'unmade' | 'broken' }
  | { readonly is: 'unanswered' | 'late' | 'given-up' | 'busy'; readonly ms: number };

/** By call, `order-service>database`. */
export type Troubles = Readonly<Record<string, Trouble>>;

const OWN_MS = 1;

/** The spans of one order, with its troubles. An error of a call fails its caller, unless `survives` names the caller. */
export function traceOf(
  seq: number,
  startUs: number,
  troubles: Troubles = {},
  survives: readonly string[] = [],
): SpanRow[] {
  const traceId = traceIdOf(seq);
  const trace = new TraceBuilder(traceId, startUs);
  const visit = (service: string, parent: string, fromMs: number, how: Trouble | undefined) => {
    const calls = CALLS[service] ?? [];
    // The span's end and outcome are known only when its calls are; its place in the list does not matter.
    const own = trace.spans.length;
    const id = trace.add({
      service,
      name: `work of ${service}`,
      kind: 'server',
      parent,
      fromMs,
      toMs: fromMs,
    });
    let atMs = fromMs + OWN_MS + (how?.is === 'busy' ? how.ms : 0);
    let error = how?.is === 'broken' ? 'broken' : undefined;
    for (const callee of calls) {
      if (error !== undefined) break;
      const done = call(service, callee, id, atMs);
      atMs = done.endMs;
      if (done.failed && !survives.includes(service)) error = 'passed on';
    }
    const endMs = atMs + OWN_MS;
    finish(trace, own, startUs, endMs, error);
    return { endMs, failed: error !== undefined };
  };
  const call = (caller: string, callee: string, parent: string, fromMs: number) => {
    const trouble = troubles[`${caller}>${callee}`];
    if (trouble?.is === 'unmade') return { endMs: fromMs, failed: true };
    const own = trace.spans.length;
    const id = trace.add({
      service: caller,
      name: `call of ${callee}`,
      kind: 'client',
      parent,
      fromMs,
      toMs: fromMs,
      attributes: callee === 'database' ? { 'db.system.name': 'postgresql' } : { 'peer.service': callee },
    });
    const isReached = callee !== 'database' && trouble?.is !== 'refused' && trouble?.is !== 'unanswered';
    const work = isReached ? visit(callee, id, fromMs + 0.2, trouble) : { endMs: fromMs + 1, failed: false };
    const failed = work.failed || ['refused', 'lost', 'unanswered', 'given-up'].includes(trouble?.is ?? '');
    const extraMs = trouble && 'ms' in trouble && trouble.is !== 'busy' ? trouble.ms : 0;
    const endMs = work.endMs + 0.2 + extraMs;
    finish(trace, own, startUs, endMs, failed ? 'call failed' : undefined);
    return { endMs, failed };
  };
  visit('api-gateway', traceId.slice(0, 16), 0, undefined);
  return trace.spans;
}

function finish(
  trace: TraceBuilder,
  index: number,
  startUs: number,
  endMs: number,
  error: string | undefined,
): void {
  const span = trace.spans[index];
  if (!span) throw new Error('there is no such span');
  trace.spans[index] = {
    ...span,
    end_us: startUs + Math.round(endMs * 1000),
    status: error === undefined ? 'unset' : 'error',
    status_message: error ?? null,
  };
}

export interface Planted {
  /** By the number of the order, ten a second for 40 s. */
  troubles?(seq: number): Troubles;
  readonly survives?: readonly string[];
  /** Of each trace, before it is stored; may leave spans out or add some. */
  change?(spans: readonly SpanRow[], seq: number): readonly SpanRow[];
  /** Requests; default 400. */
  readonly requests?: number;
}

export const PER_S = 10;

/** Whether the order comes from the 15th to the 25th second. */
export function inTrouble(seq: number): boolean {
  return seq >= 15 * PER_S && seq < 25 * PER_S;
}

/** Suspects of such a run, likeliest first. Its run.json tells of a fault on payment-to-stripe, which must not matter. */
export async function suspectsOf(
  { troubles = () => ({}), survives = [], change = (spans) => spans, requests = 400 }: Planted,
  table: 'recording' | 'archive' = 'recording',
) {
  return askRun(
    {
      mutate: (tables) => {
        tables[table] = Array.from({ length: requests }, (_, seq) => {
          const spans = traceOf(seq, START_US + (seq * 1e6) / PER_S, troubles(seq), survives);
          return change(spans, seq);
        }).flat();
      },
    },
    (evidence) => rootCause(evidence, table),
  );
}
