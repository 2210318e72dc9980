import { join } from 'node:path';
import type { Scenario } from '../../../harness/contracts.ts';
import { UserError } from '../../../harness/errors.ts';
import { MATRIX_FAULTS, type MatrixCell, type MatrixFault } from '../../../scenarios/lib/matrix.ts';

/** A run of the matrix: a cell, or one in which nothing is broken. */
export interface PlannedRun {
  readonly build: string;
  readonly cell: MatrixCell;
  readonly seed: number;
  /** `resilient-payment-to-stripe-latency-above`, `naive-nothing-1`; also the name of its folder. */
  readonly name: string;
  readonly folder: string;
}

/** What the build of a system that has none is called. */
const ONLY_BUILD = 'default';

export interface MatrixChoice {
  readonly builds: readonly string[];
  readonly edges: readonly string[];
  readonly faults: readonly string[];
  /** Runs without a fault, for each build; the first is what the predictions are made from. */
  readonly nothing: number;
  readonly seed: number;
}

/**
 * All runs in the order in which they are made: for each build one without a fault, then every edge with the first
 * fault, with the second …, so that a matrix that is stopped half-way has something of each edge; at last the other runs without a fault.
 * @throws UserError that names each build, edge and fault that does not exist; when of any of the three none is chosen
 */
export function planMatrix(folder: string, scenario: Scenario, choice: MatrixChoice): readonly PlannedRun[] {
  const { system } = scenario;
  const edges = system.edges.map(({ id }) => id);
  const builds = chosen('build', choice.builds, buildsOf(scenario));
  const chosenEdges = chosen('edge', choice.edges, edges);
  const chosenFaults = chosen('fault', choice.faults, MATRIX_FAULTS);
  const planned = (build: string, name: string, cell: MatrixCell, seed = choice.seed): PlannedRun => ({
    build,
    cell,
    seed,
    name: `${build}-${name}`,
    folder: join(folder, `${build}-${name}`),
  });
  const nothing = (build: string, index: number): PlannedRun =>
    planned(build, `nothing-${index + 1}`, {}, choice.seed + index);
  const numbers = Array.from({ length: choice.nothing }, (_, index) => index);
  return [
    ...builds.flatMap((build) => numbers.slice(0, 1).map((index) => nothing(build, index))),
    ...chosenFaults.flatMap((fault) =>
      chosenEdges.flatMap((edge) =>
        builds.map((build) => planned(build, nameOf(edge, fault), { edge, fault })),
      ),
    ),
    ...numbers.slice(1).flatMap((index) => builds.map((build) => nothing(build, index))),
  ];
}

/** The builds of the system; of one that has none, what it is. */
export function buildsOf({ system }: Scenario): readonly string[] {
  return system.builds?.map(({ id }) => id) ?? [ONLY_BUILD];
}

function nameOf(edge: string, fault: MatrixFault): string {
  return `${edge}-${fault}`;
}

/** The wanted ones in the order in which they are known, each once. */
function chosen<Id extends string>(
  noun: string,
  wanted: readonly string[],
  known: readonly Id[],
): readonly Id[] {
  const unknown = wanted.filter((id) => !known.some((other) => other === id));
  const there = `There are: ${known.join(', ') || 'none'}.`;
  if (unknown.length > 0) throw new UserError(`there is no ${noun} '${unknown.join("', '")}'. ${there}`);
  if (wanted.length === 0) throw new UserError(`no ${noun} is named. ${there}`);
  return known.filter((id) => wanted.includes(id));
}
