import type { Edge, Evidence, RunRecord } from '../../harness/contracts.ts';
import { type Climb, climbFrom, type Effect, type Question, useOf } from './lib/climb.ts';
import { type Dependencies, dependenciesOf } from './lib/dependencies.ts';
import { needOf } from './lib/need.ts';
import { queueAt } from './lib/queue.ts';
import { timeoutMs } from './lib/stand-ins.ts';
import { FAULTS, type FaultKind, type Prediction } from './outcomes.ts';

/**
 * Says what becomes of each route when an edge is at fault, for every edge of the system and every kind of fault, from
 * a run's requests that no fault has touched: what the good ones needed, and what was seen to become of a failed call.
 * Beside what was seen it knows what the mitigations that were on claim (RunRecord.system.protections), and the
 * criticality that the system declares. Routes without a good recorded request are left out: nothing is known of them.
 */
export async function predictOutcomes(evidence: Evidence): Promise<readonly Prediction[]> {
  return predictionsFrom(evidence.run, await dependenciesOf(evidence));
}

/** The same, from what is known of the routes already. */
export function predictionsFrom(run: RunRecord, known: Dependencies): readonly Prediction[] {
  return known.routes
    .filter(({ good }) => good > 0)
    .flatMap(({ route }) =>
      run.system.edges.flatMap((edge) =>
        FAULTS.map((fault) => ({
          route,
          edge: edge.id,
          fault,
          ...predict({ run, known, route }, edge, fault),
        })),
      ),
    );
}

function predict(question: Question, edge: Edge, fault: FaultKind): Climb {
  const { known, route } = question;
  const routeUse = known.routes.find((each) => each.route === route) ?? { route, requests: 0, good: 0 };
  const { kind, because } = needOf(
    routeUse,
    useOf(question, edge),
    known.apart.find((each) => each.edge === edge.id),
  );
  if (kind === 'none' || kind === 'standby') return { outcome: 'unaffected', path: [], because };
  const limitMs = timeoutMs(question.run, edge.id);
  const queue = fault === 'latency-below' ? queueAt(edge, limitMs, known) : undefined;
  const climb = climbFrom(question, edge, queue ? 'fails-late' : effectOf(fault, limitMs));
  const isPart = kind === 'part' && climb.outcome === 'failed';
  return {
    ...climb,
    outcome: isPart ? 'degraded' : climb.outcome,
    because: [because, queue, climb.because].filter((text) => text !== undefined).join(', '),
  };
}

function effectOf(fault: FaultKind, limitMs: number | undefined): Effect {
  switch (fault) {
    case 'down':
    case 'reset':
      return 'fails';
    case 'latency-below':
      return 'slow';
    case 'blackhole':
      return limitMs === undefined ? 'hangs' : 'fails-late';
    case 'latency-above':
      return limitMs === undefined ? 'slow' : 'fails-late';
  }
}
