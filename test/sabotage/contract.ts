/** What an entry of the catalogue is: a way to break something, and what has to come of it. */
import type { LossStage, Verdict } from '../../harness/contracts.ts';

/** Verdicts by assertion id. */
export type Verdicts = Readonly<Record<string, Exclude<Verdict, 'pass'>>>;

/** A stage, or several of which the evidence cannot tell which it was. */
export type Blame = LossStage | `${LossStage} | ${string}`;

/** What has to come of a sabotage; whatever else turns, or is blamed, is as wrong as what does not turn. */
interface Consequence {
  /** What is broken: to be read after `broken:`. */
  readonly title: string;
  /** What must not pass, with just these verdicts. */
  readonly notPassed: Verdicts;
  /** What may turn beside that, depending on the instant, and with which of these verdicts; each entry says in a comment what it depends on. */
  readonly mayTurn?: Readonly<Record<string, Verdicts[string] | readonly Verdicts[string][]>>;
  /** The stages that must be blamed for lost traces, no others; default none: no trace is lost. */
  readonly stages?: readonly Blame[];
  /** What the message must say, where no verdict but a refusal is due; nothing is judged then. */
  readonly refused?: RegExp;
}

/** Changes a copy of a clean run's folder, which is then judged offline. */
export interface EvidenceSabotage extends Consequence {
  readonly level: 'evidence';
  /** The clean run: a scenario, or `sixty-thousand`, which is generated. */
  readonly material: string;
  /**
   * A statement that yields the trace ids of those that are hit; it sees all tables of the clean run, the derived ones
   * included. Each must be named: among the examples of what turned, and among the lost with its stage, where one is.
   */
  readonly victims?: string;
  readonly edits: readonly Edit[];
}

/** A run with real parts, as from the command line. */
export interface RunSabotage extends Consequence {
  readonly level: 'run';
  readonly scenario: string;
  /** Further arguments of `chaoscope run`; files that they name are made in `folder`. */
  arguments(folder: string): Promise<readonly string[]> | readonly string[];
  /** Part of the test command: those that show what no edit of evidence can show. */
  readonly isTested?: true;
}

export type Sabotage = EvidenceSabotage | RunSabotage;

/** A copy of a run's folder, to be spoilt. */
export interface Copy {
  readonly folder: string;
  readonly victims: readonly string[];
}

/** @throws when it changes nothing: a sabotage that breaks nothing would prove nothing */
export type Edit = (copy: Copy) => Promise<void>;

/** What came of a run or a judgement. */
export interface Outcome {
  readonly folder: string;
  /** Verdict by assertion id, of those that did not pass. */
  readonly notPassed: Readonly<Record<string, string>>;
  /** Stages at which traces were lost, in alphabetical order. */
  readonly stages: readonly string[];
  /** Trace ids that a finding names which did not pass. */
  readonly named: ReadonlySet<string>;
  /** Trace ids of the lost. */
  readonly lost: ReadonlySet<string>;
  readonly verdict?: Verdict;
  readonly exitCode?: number | undefined;
  /** The message, where nothing was judged. */
  readonly refusal?: string;
}
