import type { Evidence, RunRecord } from '../../harness/contracts.ts';
import { number } from '../lib/text.ts';
import { type Cascade, cascadesOf } from './lib/cascades.ts';
import { type Degradation, degradationsOf } from './lib/degradations.ts';
import { type Dependencies, dependenciesOf } from './lib/dependencies.ts';
import { type SinglePoint, singlePointsOf } from './lib/single-points.ts';
import type { Prediction } from './outcomes.ts';
import { predictionsFrom } from './predict-outcomes.ts';

/** What a run without a fault says of the risks of a system: what it stands on, what falls with what, what can be done without. */
export interface RiskTable {
  /** The worst first: the critical ones, of these the ends of paths, of these those that most requests need. */
  readonly singlePoints: readonly SinglePoint[];
  readonly cascades: readonly Cascade[];
  readonly degradations: readonly Degradation[];
  readonly predictions: readonly Prediction[];
  /** Good requests by route, of which all of this is told. */
  readonly requests: Readonly<Record<string, number>>;
  /** What the run does not tell, a sentence each. */
  readonly notes: readonly string[];
}

/** The risks of a run's system, from its requests that no fault has touched. */
export async function riskTable(evidence: Evidence): Promise<RiskTable> {
  const { run } = evidence;
  const known = await dependenciesOf(evidence);
  const predictions = predictionsFrom(run, known);
  return {
    singlePoints: singlePointsOf(run, known, predictions),
    cascades: cascadesOf(run, predictions),
    degradations: degradationsOf(run, known, predictions),
    predictions,
    requests: Object.fromEntries(known.routes.map(({ route, good }) => [route, good])),
    notes: notesOf(run, known),
  };
}

function notesOf(
  { system, faults, build }: RunRecord,
  { routes, uses, apart, every }: Dependencies,
): readonly string[] {
  const untold = system.routes.filter((id) => !routes.some(({ route, good }) => route === id && good > 0));
  const idle = system.edges.filter(({ id }) => !uses.some(({ edge }) => edge === id));
  const isOld = system.protections === undefined && (build?.on.length ?? 0) > 0;
  return [
    ...(every > 1 ? [`the recording is long; one trace in ${number(every)} was looked at`] : []),
    ...(isOld
      ? [
          'the run does not say what its mitigations protect (it was made by an earlier version), so that only what was seen counts',
        ]
      : []),
    ...(faults.length > 0 ? ['the run has a fault; only the requests due before it were looked at'] : []),
    ...(untold.length > 0
      ? [`no good request of ${untold.join(', ')} was recorded: nothing is said of it`]
      : []),
    ...idle.map(({ id }) => {
      const calls = apart.find(({ edge }) => edge === id)?.calls ?? 0;
      return calls === 0
        ? `nobody called over ${id}: what it is good for was not seen`
        : `no answer waits for a call over ${id}: all ${number(calls)} were made after an answer, or without a request`;
    }),
  ];
}
