import type { RunRecord } from '../../../harness/contracts.ts';
import { number } from '../../lib/text.ts';
import type { Discrepancy, MapEdge } from '../map.ts';

export function discrepanciesOf(run: RunRecord, edges: readonly MapEdge[]): readonly Discrepancy[] {
  return [...undeclared(run, edges), ...unexercised(edges)];
}

function* undeclared({ system }: RunRecord, edges: readonly MapEdge[]): Generator<Discrepancy> {
  for (const { id, kind, from, to, calm, underFault, examples } of edges) {
    if (id !== null || kind === 'clients' || kind === 'queue') continue;
    const calls = calm.calls + (underFault?.calls ?? 0);
    const isKnown = to === 'database' || system.services[to] !== undefined;
    yield {
      severity: 'finding',
      kind: isKnown ? 'undeclared-edge' : 'undeclared-service',
      from,
      to,
      what: `${from} calls ${to} (${number(calls)} calls), which ${system.name} does not declare: no proxy is on this way, so that no fault can be tried on it. Declare ${isKnown ? 'the edge' : 'the service and the edge'}, or take the call out.`,
      examples,
    };
  }
}

function* unexercised(edges: readonly MapEdge[]): Generator<Discrepancy> {
  for (const { id, from, to, calm, underFault } of edges) {
    if (id === null || calm.calls + (underFault?.calls ?? 0) > 0) continue;
    yield {
      severity: 'warning',
      kind: 'unexercised-edge',
      from,
      to,
      what: `${id} (${from} -> ${to}) is declared, and nobody called over it in this run: the run says nothing of it. Send traffic that needs it, or leave the edge out.`,
      examples: [],
    };
  }
}
