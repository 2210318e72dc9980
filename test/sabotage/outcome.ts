import type { Result } from '../../harness/contracts.ts';
import type { Outcome } from './contract.ts';

/** What came of it, as the result of a run's folder tells. */
export function outcomeOf(folder: string, result: Result, exitCode?: number): Outcome {
  const notPassed = result.assertions.filter(({ verdict }) => verdict !== 'pass');
  return {
    folder,
    exitCode,
    verdict: result.verdict,
    notPassed: Object.fromEntries(notPassed.map(({ id, verdict }) => [id, verdict])),
    stages: [...new Set(result.lost.map(({ stage }) => stage))].sort(),
    named: new Set(notPassed.flatMap(({ examples }) => examples)),
    lost: new Set(result.lost.map(({ traceId }) => traceId)),
  };
}

/** What came of it when nothing was judged. */
export function refusalOf(folder: string, refusal: string, exitCode?: number): Outcome {
  return { folder, exitCode, refusal, notPassed: {}, stages: [], named: new Set(), lost: new Set() };
}

/**
 * Whether a run does not believe itself: the generator lagged, or the machine was saturated. Nobody spoilt that with real
 * parts, so it is the doing of whatever else ran on the machine.
 */
export function isDisturbed({ notPassed }: Outcome): boolean {
  return notPassed['load-achieved'] === 'inconclusive';
}
