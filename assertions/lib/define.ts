import { z } from 'zod';
import type {
  Assertion,
  BoundAssertion,
  Evidence,
  Finding,
  LeastSeconds,
  Source,
} from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';

/** What one writes down for an assertion; the schema of the options is the one place of their names and defaults. */
export interface Definition<Options extends object, Input> {
  /** The file's name. */
  readonly id: string;
  readonly title: string;
  /** The promise it checks, as a sentence for the README. */
  readonly promise: string;
  /** The sources without which it can say nothing; the judge then calls it inconclusive and does not run it. */
  readonly needs: readonly Source[];
  readonly options: z.ZodType<Options, Input>;
  readonly weighsDoubts?: true;
  /** Seconds of phases below which it can only be inconclusive, so that one is warned before a run and not after it. */
  leastSeconds?(options: Options): LeastSeconds;
  judge(evidence: Evidence, options: Options): Promise<Finding>;
}

/** The options may be left out where each of them has a default. */
type WithArguments<Input> = Record<never, never> extends Input ? [options?: Input] : [options: Input];

/** An assertion that a scenario binds to its options: `timeoutEnforced.with({ edge: 'a-to-b', timeoutMs: 3000 })`. */
export interface DefinedAssertion<Options extends object, Input> extends Assertion<Options> {
  /** Checks the options and fills in the defaults; throws a UserError that names each wrong one. */
  with(...options: WithArguments<Input>): BoundAssertion;
}

/** Options as they are stored in run.json. */
const stored = z.record(z.string(), z.json());

/** Makes an assertion out of its definition; each file of assertions/ exports one by default. */
export function defineAssertion<Options extends object, Input>(
  definition: Definition<Options, Input>,
): DefinedAssertion<Options, Input> {
  const { id, title, needs, weighsDoubts } = definition;
  return {
    ...definition,
    with(...[options]) {
      const checked = definition.options.safeParse(options ?? {});
      if (!checked.success) {
        throw new UserError(`options of assertion '${id}':\n${z.prettifyError(checked.error)}`);
      }
      const judge: BoundAssertion['judge'] = (evidence) => definition.judge(evidence, checked.data);
      return {
        id,
        title,
        needs,
        ...(weighsDoubts ? { weighsDoubts } : {}),
        ...(definition.leastSeconds ? { leastSeconds: definition.leastSeconds(checked.data) } : {}),
        options: stored.parse(checked.data),
        judge,
      };
    },
  };
}
