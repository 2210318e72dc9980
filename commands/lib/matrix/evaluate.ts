import { join } from 'node:path';
import { agreementOf } from '../../../analysis/matrix/agreement.ts';
import { cellOutcomes } from '../../../analysis/matrix/cell-outcomes.ts';
import { unknownOutcomes } from '../../../analysis/matrix/classify.ts';
import { blastRadius, type RouteOutcome } from '../../../analysis/matrix/outcome.ts';
import { type Matrix, type MatrixCellResult, matrixSchema } from '../../../analysis/matrix/schema.ts';
import type { Evidence, Scenario } from '../../../harness/contracts.ts';
import { type MatrixLength, matrixFault } from '../../../scenarios/lib/matrix.ts';
import { withEvidence } from '../with-evidence.ts';
import type { PlannedRun } from './plan.ts';

/** What the evidence of a run says, as far as the matrix asks. */
export interface Evaluated {
  readonly outcomes: readonly RouteOutcome[];
  /** Calls over the cell's edge in the whole run; null for a run without a fault. */
  readonly calls: number | null;
}

/** Reads a run's folder; nothing else is known to it. */
export function evaluate({ folder, cell }: PlannedRun): Promise<Evaluated> {
  return withEvidence(folder, async (evidence) => ({
    outcomes: cell.edge === undefined ? [] : await cellOutcomes(evidence),
    calls: cell.edge === undefined ? null : await callsOver(evidence, cell.edge),
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

export interface Assembly {
  readonly scenario: Scenario;
  readonly length: MatrixLength;
  readonly runs: readonly PlannedRun[];
  readonly evaluated: ReadonlyMap<string, Evaluated>;
  /** By the name of a run that would be in vain, why. */
  readonly inVain: ReadonlyMap<string, string>;
}

/** All of it as one result. A cell without a run has no routes, or unknown ones when a run would be in vain. */
export function assemble({ scenario, length, runs, evaluated, inVain }: Assembly): Matrix {
  const { system } = scenario;
  const routes = system.traffic.map(({ id }) => id);
  const cells = runs.flatMap((run): MatrixCellResult[] => {
    const { edge, fault } = run.cell;
    if (edge === undefined) return [];
    const found = evaluated.get(run.name);
    const why = inVain.get(run.name);
    const outcomes = found?.outcomes ?? (why === undefined ? [] : unknownOutcomes(routes, why));
    return [
      {
        build: run.build,
        edge,
        fault,
        title: matrixFault(system, edge, fault).title,
        run: found ? run.name : null,
        routes: outcomes.map((outcome) => ({ ...outcome, predicted: null })),
        blastRadius: blastRadius(outcomes),
      },
    ];
  });
  const builds = [...new Set(runs.map(({ build }) => build))];
  const order = system.edges.map(({ id }) => id);
  return matrixSchema.parse({
    schema: 1,
    system: system.name,
    rate: length.rate,
    phases: length.phases,
    builds,
    routes,
    cells: cells.toSorted((a, b) => order.indexOf(a.edge) - order.indexOf(b.edge)),
    agreement: builds.map((build) => agreementOf(build, cells)),
  } satisfies Matrix);
}

export const MATRIX_FILES = (folder: string) => ({
  json: join(folder, 'matrix.json'),
  markdown: join(folder, 'matrix.md'),
});
