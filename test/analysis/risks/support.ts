import { type Dependencies, dependenciesOf } from '../../../analysis/risks/lib/dependencies.ts';
import type { FaultKind, Prediction } from '../../../analysis/risks/outcomes.ts';
import { predictOutcomes } from '../../../analysis/risks/predict-outcomes.ts';
import { type RiskTable, riskTable } from '../../../analysis/risks/risk-table.ts';
import type { RunRecord } from '../../../harness/contracts.ts';
import { askRun, type RequestSpec, type RunSpec, SYSTEM, type Tables } from '../../evidence/fixture.ts';

/** A run in which nothing is broken: orders and reads that all succeed, and a health check. */
export const CALM: readonly RequestSpec[] = [
  ...Array.from({ length: 20 }, (): RequestSpec => ({ route: 'order-create', phase: 'baseline' })),
  ...Array.from({ length: 20 }, (): RequestSpec => ({ route: 'product-read', phase: 'baseline' })),
  { route: 'health', phase: 'baseline' },
];

export const calm = (spec: RunSpec = {}): RunSpec => ({
  requests: CALM,
  ...spec,
  run: { faults: [], ...spec.run },
});

export const risksOf = (spec: RunSpec = calm()): Promise<RiskTable> => askRun(spec, riskTable);
export const dependencies = (spec: RunSpec): Promise<Dependencies> => askRun(spec, dependenciesOf);
export const predictions = (spec: RunSpec): Promise<readonly Prediction[]> => askRun(spec, predictOutcomes);

/** The prediction for one route, edge and fault. */
export async function predicted(
  spec: RunSpec,
  route: string,
  edge: string,
  fault: FaultKind = 'down',
): Promise<Prediction> {
  const found = (await predictions(spec)).find(
    (each) => each.route === route && each.edge === edge && each.fault === fault,
  );
  if (!found) throw new Error(`nothing is predicted for ${route}, ${edge} and ${fault}`);
  return found;
}

type System = RunRecord['system'];

/** The fixture's system, in which each mitigation of the protections has the edge's time-out or stands in. */
export function systemWith(protections: NonNullable<System['protections']>, timeoutMs?: number): System {
  const edges = SYSTEM.edges.map((edge) => (timeoutMs === undefined ? edge : { ...edge, timeoutMs }));
  return { ...SYSTEM, edges, protections };
}

/** Takes the calls from a service to another, and all below them, out of the recording where `suits` says so. */
export function withoutCalls(
  tables: Tables,
  from: string,
  to: string,
  suits: (index: number) => boolean,
): void {
  const calls = tables.recording.filter(
    ({ service, kind, peer_service }) => service === from && kind === 'client' && peer_service === to,
  );
  const gone = new Set(
    calls.filter((_, index) => suits(index)).map(({ trace_id, span_id }) => `${trace_id} ${span_id}`),
  );
  for (let size = 0; size !== gone.size; ) {
    size = gone.size;
    for (const { trace_id, span_id, parent_id } of tables.recording)
      if (gone.has(`${trace_id} ${parent_id}`)) gone.add(`${trace_id} ${span_id}`);
  }
  tables.recording = tables.recording.filter(({ trace_id, span_id }) => !gone.has(`${trace_id} ${span_id}`));
}
