/** Whether a sabotage was caught, as it says that it must be. */
import { EXIT } from '../../harness/errors.ts';
import type { Outcome, Sabotage, Verdicts } from './contract.ts';

/**
 * caught: just what must turn turned, and just the right stage was blamed. missed: something that must turn did not.
 * blamed wrongly: all that must turn did, but something else turned too, or a stage or trace is wrong.
 */
export type Status = 'caught' | 'missed' | 'blamed wrongly';

export interface Comparison {
  readonly status: Status;
  /** What is not as it must be, a sentence each; empty when it was caught. */
  readonly problems: readonly string[];
}

export function compare(sabotage: Sabotage, outcome: Outcome, victims: readonly string[] = []): Comparison {
  const missed = [...notTurned(sabotage, outcome)];
  const wrong = missed.length > 0 ? [] : [...wronglyBlamed(sabotage, outcome, victims)];
  const status = missed.length > 0 ? 'missed' : wrong.length > 0 ? 'blamed wrongly' : 'caught';
  return { status, problems: [...missed, ...wrong] };
}

function* notTurned({ notPassed, refused }: Sabotage, outcome: Outcome): Generator<string> {
  if (refused) {
    if (outcome.refusal === undefined) yield 'it was judged and not refused';
    else if (!refused.test(outcome.refusal)) yield `the refusal does not say ${refused}: ${outcome.refusal}`;
    return;
  }
  if (outcome.refusal !== undefined) {
    yield `nothing was judged: ${outcome.refusal}`;
    return;
  }
  for (const [id, verdict] of Object.entries(notPassed)) {
    const found = outcome.notPassed[id] ?? 'pass';
    if (found !== verdict) yield `${id} is ${found}, must be ${verdict}`;
  }
}

/**
 * With real parts, `load-achieved` may be inconclusive beside all others: that is the machine's doing, and what turned for the
 * right reason turned all the same. Clean runs and spoilt evidence are held to it.
 */
const DISTURBED: Verdicts = { 'load-achieved': 'inconclusive' };

function* wronglyBlamed(
  { level, notPassed, mayTurn: declared = {}, stages = [] }: Sabotage,
  outcome: Outcome,
  victims: readonly string[],
): Generator<string> {
  const mayTurn = level === 'run' ? { ...DISTURBED, ...declared } : declared;
  const isExcused = (id: string, verdict: string): boolean =>
    [mayTurn[id] ?? []].flat().some((allowed) => allowed === verdict);
  for (const [id, verdict] of Object.entries(outcome.notPassed))
    if (!(id in notPassed) && !isExcused(id, verdict)) yield `${id} is ${verdict} as well`;
  const expected = stages.toSorted();
  if (expected.join() !== outcome.stages.join())
    yield `blamed for losses: ${outcome.stages.join(', ') || 'nothing'}; must be: ${expected.join(', ') || 'nothing'}`;
  if (outcome.exitCode !== undefined && outcome.exitCode !== exitCodeOf(outcome))
    yield `exit code ${outcome.exitCode}, must be ${exitCodeOf(outcome)}`;
  const unnamed = victims.filter((id) => !outcome.named.has(id));
  if (unnamed.length > 0) yield `no finding names ${unnamed.slice(0, 5).join(', ')}`;
  if (victims.length === 0 || stages.length === 0) return;
  const notLost = victims.filter((id) => !outcome.lost.has(id));
  if (notLost.length > 0) yield `not among the lost: ${notLost.slice(0, 5).join(', ')}`;
  const more = [...outcome.lost].filter((id) => !victims.includes(id));
  if (more.length > 0) yield `lost as well: ${more.slice(0, 5).join(', ')}`;
}

/** What a run must exit with, by what turned. */
function exitCodeOf({ refusal, notPassed }: Outcome): number {
  if (refusal !== undefined) return EXIT.usage;
  return Object.values(notPassed).includes('fail') ? EXIT.fail : EXIT.inconclusive;
}
