import { z } from 'zod';
import { one } from '../analysis/lib/query.ts';
import type { Evidence, Finding } from '../harness/contracts.ts';
import { defineAssertion } from './lib/define.ts';
import { STAGES, stagesOf } from './lib/loss.ts';
import {
  describeLoss,
  lossesByStage,
  type StageLoss,
  tracesLostAt,
  unbalanced,
  uncounted,
} from './lib/lost-by-stage.ts';
import { count, number } from './lib/text.ts';

const stage = z.enum(STAGES.filter((name) => name !== 'unexplained'));

const options = z.strictObject({
  /** Stages that must be seen to lose something; none = nothing may be lost anywhere. */
  stages: z.array(stage).default([]),
  /** Stages that may lose something as well. */
  mayAlso: z.array(stage).default([]),
  /** How many promised traces a stage may lose at most. */
  atMost: z.partialRecord(stage, z.number().int().min(1)).default({}),
});

/** Of which a doubt leaves losses unknown. */
const SOURCES: readonly string[] = ['ledger', 'archive', 'recording'];

type Options = z.output<typeof options>;

export default defineAssertion({
  id: 'losses-as-declared',
  title: 'Losses are as declared, and explained',
  promise:
    'Every promised trace that is not in the archive, and every span that never came to be recorded, was lost at a stage of the pipeline that the scenario declares; each declared stage did lose something; and what goes into a stage comes out of it or is counted as its loss.',
  needs: ['ledger', 'recording', 'archive', 'gauges', 'timeline'],
  // What is not recorded is its very subject.
  weighsDoubts: true,
  options,
  async judge(evidence, declared) {
    const losses = await lossesByStage(evidence);
    const open = await unbalanced(evidence);
    const { promised, unknown } = await one<{ promised: number; unknown: number }>(
      evidence,
      `SELECT count(*) FILTER (WHERE promised_kept) AS promised, count(*) FILTER (WHERE promised = 'unknown') AS unknown FROM fate`,
    );
    const strange = losses.filter(({ stage: name }) => !isDeclared(name, declared));
    const common = {
      expected: expectation(declared),
      observed: [
        losses.length === 0 ? 'nothing lost' : losses.map(describeLoss).join(', '),
        open.length === 0 ? 'every stage in balance' : 'not in balance',
      ].join('; '),
      figures: { promisedTraces: promised, ...figuresOf(losses) },
      examples: await tracesLostAt(
        evidence,
        (strange.length > 0 ? strange : losses).map(({ stage: name }) => name),
      ),
    };
    const doubt = doubtOf(evidence, promised);
    if (doubt) return { verdict: 'inconclusive', ...common, because: doubt };
    const problems = [
      ...strange.map((loss) => `${describeLoss(loss)}, which is not declared`),
      ...tooMany(losses, declared),
      ...open.map(
        (each) =>
          `${number(Math.abs(each.unaccounted))} ${each.unit} ${each.unaccounted > 0 ? 'went into' : 'came out of'} the stage ${each.stage} that ${each.unaccounted > 0 ? 'neither came out nor count as lost' : 'did not go in'}`,
      ),
    ];
    if (problems.length > 0) return { verdict: 'fail', ...common, because: problems.join('; ') };
    const unseen = await uncounted(evidence);
    if (unseen.length > 0)
      return {
        verdict: 'inconclusive',
        ...common,
        because: `no gauge says what went into the stage ${unseen.join(', ')}, so nothing shows that all of it came out`,
      };
    if (unknown > 0)
      return {
        verdict: 'inconclusive',
        ...common,
        because: `${count(unknown, 'request')} without an answer left no span, so nothing says what was promised of them`,
      };
    return concluded(common, losses, declared);
  },
});

/** Nothing was lost that should not be; a declared loss that did not happen was not tested. */
function concluded(
  common: Omit<Finding, 'verdict'>,
  losses: readonly StageLoss[],
  { stages }: Options,
): Finding {
  const seen = new Set(losses.flatMap(({ stage: name }) => stagesOf(name)));
  const unseen = stages.filter((name) => !seen.has(name));
  if (unseen.length === 0) return { verdict: 'pass', ...common };
  return {
    verdict: 'inconclusive',
    ...common,
    because: `nothing was lost by ${unseen.join(', ')}, so whether it would be explained was not tested: make the fault longer or the load higher`,
  };
}

/** A trace that one of several stages lost counts for each of them. */
function tooMany(losses: readonly StageLoss[], { atMost }: Options): readonly string[] {
  return Object.entries(atMost).flatMap(([name, most]) => {
    const traces = losses
      .filter(({ stage: lost }) => stagesOf(lost).some((each) => each === name))
      .reduce((sum, each) => sum + each.traces, 0);
    return traces > most ? [`${count(traces, 'trace')} by ${name}, where at most ${most} are declared`] : [];
  });
}

/** When several stages are possible each of them must be declared. */
function isDeclared(attribution: string, { stages, mayAlso }: Options): boolean {
  const declared: readonly string[] = [...stages, ...mayAlso];
  return stagesOf(attribution).every((name) => declared.includes(name));
}

function expectation({ stages, mayAlso, atMost }: Options): string {
  const also = mayAlso.length > 0 ? `, perhaps also by ${mayAlso.join(', ')}` : '';
  const what = stages.length > 0 ? `losses by ${stages.join(' and ')}${also}` : `no loss${also}`;
  const most = Object.entries(atMost).map(
    ([name, traces]) => `; at most ${count(traces, 'trace')} by ${name}`,
  );
  return `${what}${most.join('')}; no other, and every stage in balance`;
}

function figuresOf(losses: readonly StageLoss[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    losses.flatMap(({ stage: name, traces, spans }) => [
      [`${name}: traces`, traces],
      [`${name}: spans`, spans],
    ]),
  );
}

function doubtOf({ run }: Evidence, promised: number): string | undefined {
  if (promised === 0) return 'no trace was promised to be kept, so none could be lost';
  if (!run.settled.ok)
    return `the archive was not stable when it was read (${run.settled.detail}), so absence proves nothing`;
  const doubts = run.doubts.filter(({ source }) => SOURCES.includes(source));
  if (doubts.length === 0) return undefined;
  return `the evidence is doubtful: ${doubts.map(({ source, what }) => `${source}: ${what}`).join('; ')}`;
}
