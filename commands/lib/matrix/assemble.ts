import { agreementOf } from '../../../analysis/matrix/agreement.ts';
import { unknownOutcomes } from '../../../analysis/matrix/classify.ts';
import { blastRadius } from '../../../analysis/matrix/outcome.ts';
import { type Matrix, type MatrixCellResult, matrixSchema } from '../../../analysis/matrix/schema.ts';
import type { SpanTable } from '../../../analysis/root-cause/blame-sql.ts';
import { type Score, scoreOf } from '../../../analysis/root-cause/score.ts';
import type { Scenario } from '../../../harness/contracts.ts';
import { isRunOtherwise, type MatrixLength, matrixFault } from '../../../scenarios/lib/matrix.ts';
import type { Evaluated } from './evaluate.ts';
import type { PlannedRun } from './plan.ts';

export interface Assembly {
  readonly scenario: Scenario;
  readonly length: MatrixLength;
  readonly runs: readonly PlannedRun[];
  /** By the run's name. */
  readonly evaluated: ReadonlyMap<string, Evaluated>;
  /** By the name of a run that would be in vain, why. */
  readonly inVain: ReadonlyMap<string, string>;
}

/** All runs as one result. A cell that is not made has no routes, or unknown ones when it would be in vain. */
export function assemble(assembly: Assembly): Matrix {
  const { scenario, length, runs, evaluated } = assembly;
  const { system } = scenario;
  const order = system.edges.map(({ id }) => id);
  const cells = runs
    .flatMap((run) => cellOf(assembly, run))
    .toSorted((a, b) => order.indexOf(a.edge) - order.indexOf(b.edge));
  const nothing = runs.flatMap(({ name, build, cell }): Matrix['nothing'] => {
    const found = evaluated.get(name);
    return found && cell.edge === undefined ? [{ build, run: name, suspects: found.suspects }] : [];
  });
  const builds = [...new Set(runs.map(({ build }) => build))];
  return matrixSchema.parse({
    schema: 1,
    system: system.name,
    rate: length.rate,
    phases: length.phases,
    builds,
    routes: system.traffic.map(({ id }) => id),
    cells,
    nothing,
    agreement: builds.map((build) => agreementOf(build, cells)),
    rootCause: {
      recording: scored(cells, nothing, 'recording'),
      archive: scored(cells, nothing, 'archive'),
    },
  });
}

function cellOf(
  { scenario: { system }, runs, evaluated, inVain }: Assembly,
  { build, cell: { edge, fault }, name }: PlannedRun,
): MatrixCellResult[] {
  if (edge === undefined) return [];
  const found = evaluated.get(name);
  const why = inVain.get(name);
  const routes = system.traffic.map(({ id }) => id);
  const outcomes = found?.outcomes.routes ?? (why === undefined ? [] : unknownOutcomes(routes, why));
  const baseline = runs.find((each) => each.build === build && each.cell.edge === undefined);
  const predictions = (baseline && !isRunOtherwise(edge) && evaluated.get(baseline.name)?.predictions) || [];
  return [
    {
      build,
      edge,
      fault,
      title: matrixFault(system, edge, fault).title,
      run: found ? name : null,
      died: found?.died ?? null,
      routes: outcomes.map((each) => {
        const prediction = predictions.find(
          (other) => other.edge === edge && other.fault === fault && other.route === each.route,
        );
        const predicted = prediction ? { outcome: prediction.outcome, because: prediction.because } : null;
        return { ...each, predicted };
      }),
      blastRadius: blastRadius(outcomes),
      held: found?.outcomes.held ?? false,
      suspects: found?.suspects ?? { recording: null, archive: null },
    },
  ];
}

/** Over the cells whose fault took hold, and the runs without one. */
function scored(
  cells: readonly MatrixCellResult[],
  nothing: Matrix['nothing'],
  table: SpanTable,
): Matrix['rootCause']['recording'] {
  const cases = [
    ...cells.filter(({ held }) => held).map(({ edge, run, suspects }) => ({ truth: edge, run, suspects })),
    ...nothing.map(({ run, suspects }) => ({ truth: null, run, suspects })),
  ];
  const score: Score | null = scoreOf(
    cases.flatMap(({ run, truth, suspects }) => {
      const found = suspects[table];
      return run === null || found === null ? [] : [{ run, truth, suspects: found }];
    }),
  );
  return (
    score && { ...score, misses: score.misses.map((miss) => ({ ...miss, suspects: [...miss.suspects] })) }
  );
}
