import { type CellOutcomes, cellOutcomes } from '../../../analysis/matrix/cell-outcomes.ts';
import type { Matrix } from '../../../analysis/matrix/schema.ts';
import type { Prediction } from '../../../analysis/risks/outcomes.ts';
import { predictOutcomes } from '../../../analysis/risks/predict-outcomes.ts';
import type { SpanTable } from '../../../analysis/root-cause/blame-sql.ts';
import { nameOf, rootCause } from '../../../analysis/root-cause/root-cause.ts';
import type { Evidence } from '../../../harness/contracts.ts';
import { withEvidence } from '../with-evidence.ts';
import type { PlannedRun } from './plan.ts';

/** What the evidence of a run says, as far as the matrix asks. */
export interface Evaluated {
  /** What ended by itself; null when the run went on to its end. */
  readonly died: string | null;
  readonly outcomes: CellOutcomes;
  /** Calls over the cell's edge in the whole run; null for a run without a fault, or without a recording. */
  readonly calls: number | null;
  readonly suspects: Matrix['nothing'][number]['suspects'];
  /** Of a run without a fault: what would become of each route under each fault. */
  readonly predictions: readonly Prediction[];
}

/** Reads a run's folder; nothing else is known to it. */
export function evaluate({ folder, cell }: PlannedRun): Promise<Evaluated> {
  return withEvidence(folder, async (evidence) => ({
    died: evidence.run.problem?.message ?? null,
    outcomes: cell.edge === undefined ? { held: false, routes: [] } : await cellOutcomes(evidence),
    calls: cell.edge === undefined ? null : await callsOver(evidence, cell.edge),
    suspects: {
      recording: await suspectsOf(evidence, 'recording'),
      archive: await suspectsOf(evidence, 'archive'),
    },
    predictions: cell.edge === undefined ? await predictOutcomes(evidence) : [],
  }));
}

async function callsOver(evidence: Evidence, edge: string): Promise<number | null> {
  if (!evidence.sources.has('recording')) return null;
  const [row] = await evidence.query<{ calls: number }>(
    'SELECT count(*) AS calls FROM calls WHERE edge = $edge',
    { edge },
  );
  return row?.calls ?? null;
}

async function suspectsOf(evidence: Evidence, table: SpanTable): Promise<string[] | null> {
  if (!evidence.sources.has(table)) return null;
  const { spans, suspects } = await rootCause(evidence, table);
  if (spans === 0) return null;
  return suspects.map(nameOf);
}
