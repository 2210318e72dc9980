/**
 * From evidence to verdict. Nothing here looks at the clock or at anything beside the evidence, so that a run's folder
 * gives the same result whenever it is judged.
 */
import type { BoundAssertion, Doubt, Evidence, Finding, Result, Source, Verdict } from './contracts.ts';
import { EXIT, messageOf } from './errors.ts';
import type { Changes } from './evidence/checksums.ts';
import { recordingDoubts } from './evidence/completeness.ts';
import { impossibleRows } from './evidence/plausibility.ts';
import { findingSchema, resultSchema } from './result-schema.ts';
import {
  conservationNotes,
  conservedStages,
  fateCounts,
  lostTraces,
  requestFigures,
  routeFigures,
} from './result-tables.ts';

type Judged = Result['assertions'][number];

/** What the store of the evidence has to say beside its rows. */
type Judgeable = Evidence & {
  /** What of the sampler's decisions is not predicted exactly. */
  readonly warnings?: readonly string[];
  /** What of the run's files is not as the run left it. */
  changes?(): Promise<Changes>;
};

/** What may lie in the part that is not there, so that not even a failure is proved. */
const MAY_EXPLAIN: ReadonlySet<Source> = new Set<Source>(['recording', 'archive']);

/**
 * Judges a run by its assertions, one after the other.
 * @param folder the run's folder, as the reports shall call it
 */
export async function judge(
  evidence: Judgeable,
  assertions: readonly BoundAssertion[],
  folder: string,
): Promise<Result> {
  const { run } = evidence;
  const doubts = [...run.doubts, ...(await recordingDoubts(evidence))];
  const changes = (await evidence.changes?.()) ?? { doubts: [], notes: [] };
  const suspicions = [...changes.doubts, ...(await impossibleRows(evidence))];
  const judged: Judged[] = [];
  for (const assertion of assertions) {
    const finding = await find(evidence, assertion, doubts, suspicions);
    judged.push({ id: assertion.id, title: assertion.title, ...finding });
  }
  const { lost, lostCount } = await lostTraces(evidence);
  const fate = await fateCounts(evidence);
  const conservation = await conservedStages(evidence);
  return resultSchema.parse({
    schema: 1,
    run: run.id,
    folder,
    scenario: run.scenario,
    title: run.title,
    hypothesis: run.hypothesis,
    build: run.build,
    how: run.how,
    seed: run.seed,
    ...conclude(judged, run.cleanupProblems),
    requests: await requestFigures(evidence),
    assertions: judged,
    fate,
    lost,
    lostCount,
    conservation,
    routes: await routeFigures(evidence),
    tools: run.tools,
    phases: run.phases.map(({ name, startUs, endUs }) => ({ name, start: iso(startUs), end: iso(endUs) })),
    problem: run.problem,
    doubts: [...doubts, ...suspicions],
    // Known only now: the configuration of the sampler was read for the fate.
    notes: [
      ...run.notes,
      ...conservationNotes(conservation),
      ...(evidence.warnings ?? []).map((warning) => `prediction: ${warning}`),
      ...changes.notes,
    ],
    cleanupProblems: run.cleanupProblems,
    timings: run.timings,
  } satisfies Result);
}

/** The finding of one assertion; one that throws is an error and does not stop the others. */
async function find(
  evidence: Evidence,
  assertion: BoundAssertion,
  doubts: readonly Doubt[],
  suspicions: readonly Doubt[],
): Promise<Finding> {
  const absent = assertion.needs.filter((source) => !evidence.sources.has(source));
  const finding =
    absent.length > 0
      ? withoutSources(
          absent.map((source) => `${source} (${evidence.run.missing[source] ?? 'no reason is recorded'})`),
        )
      : await attempt(evidence, assertion);
  // An assertion that needs no source is about the run itself, and a run that was cut short has its answer.
  if (evidence.run.status === 'completed' || assertion.needs.length === 0)
    return doubted(
      finding,
      assertion.weighsDoubts ? [] : doubts.filter(({ source }) => assertion.needs.includes(source)),
      suspicions.filter(({ source }) => assertion.needs.includes(source)),
    );
  return { ...finding, verdict: 'inconclusive', because: `the run was cut short: ${cutShort(evidence)}` };
}

/**
 * A finding in the light of doubts on the evidence that it needs: a pass proves nothing then, and a failure only when
 * what is missing cannot be its cause. A suspicion forbids a pass only: files that were changed since the run, and rows
 * that no run leaves, were not made to hide what they show.
 */
function doubted(finding: Finding, doubts: readonly Doubt[], suspicions: readonly Doubt[]): Finding {
  const { verdict, because } = finding;
  const weighing =
    verdict === 'pass'
      ? [...doubts, ...suspicions]
      : verdict === 'fail'
        ? doubts.filter(({ source }) => MAY_EXPLAIN.has(source))
        : [];
  if (weighing.length === 0) return finding;
  const why = `the evidence is doubtful: ${weighing.map(({ source, what }) => `${source}: ${what}`).join('; ')}`;
  return { ...finding, verdict: 'inconclusive', because: because ? `${because}; but ${why}` : why };
}

async function attempt(evidence: Evidence, assertion: BoundAssertion): Promise<Finding> {
  try {
    return findingSchema.parse(await assertion.judge(evidence));
  } catch (error) {
    return {
      verdict: 'error',
      expected: 'a finding',
      observed: 'the assertion could not be judged',
      figures: {},
      examples: [],
      because: messageOf(error),
    };
  }
}

function withoutSources(absent: readonly string[]): Finding {
  return {
    verdict: 'inconclusive',
    expected: 'all evidence that it needs',
    observed: `evidence is missing: ${absent.join(', ')}`,
    figures: {},
    examples: [],
    because: `evidence is missing: ${absent.join(', ')}`,
  };
}

function cutShort({ run }: Evidence): string {
  if (run.status === 'interrupted') return 'it was interrupted';
  return run.problem ? `${run.problem.part} died, ${run.problem.message}` : 'it broke off';
}

/**
 * The verdict of the run: fail before error before inconclusive before pass. What could not be restored has the
 * exit code of its own before all, since it concerns whoever uses the machine next, and is never a pass.
 */
function conclude(
  judged: readonly Judged[],
  cleanupProblems: readonly string[],
): Pick<Result, 'verdict' | 'exitCode' | 'because'> {
  const verdict = worst(judged);
  const because = summary(verdict, judged);
  if (cleanupProblems.length > 0) {
    return {
      verdict: verdict === 'pass' ? 'error' : verdict,
      exitCode: EXIT.notRestored,
      because: `not everything was restored (${cleanupProblems.join('; ')}); ${because}`,
    };
  }
  if (verdict === 'fail') return { verdict, exitCode: EXIT.fail, because };
  return { verdict, exitCode: verdict === 'pass' ? EXIT.pass : EXIT.inconclusive, because };
}

function worst(judged: readonly Judged[]): Verdict {
  const has = (verdict: Verdict): boolean => judged.some((finding) => finding.verdict === verdict);
  if (has('fail')) return 'fail';
  if (has('error')) return 'error';
  return has('inconclusive') || judged.length === 0 ? 'inconclusive' : 'pass';
}

function summary(verdict: Verdict, judged: readonly Judged[]): string {
  if (judged.length === 0) return 'no assertion was judged';
  if (verdict === 'pass')
    return judged.length === 1 ? 'the assertion holds' : `all ${judged.length} assertions hold`;
  const groups = (['fail', 'error', 'inconclusive'] as const).flatMap((each) => {
    const ids = judged.filter((finding) => finding.verdict === each).map((finding) => finding.id);
    return ids.length === 0 ? [] : [{ what: WHAT[each], ids }];
  });
  return groups
    .map(({ what, ids }, index) => {
      const whole = index === 0 ? ` of ${judged.length} assertions` : '';
      return `${ids.length}${whole} ${what}: ${ids.join(', ')}`;
    })
    .join('; ');
}

const WHAT = { fail: 'failed', error: 'could not be judged', inconclusive: 'inconclusive' } as const;

function iso(microseconds: number): string {
  return new Date(microseconds / 1000).toISOString();
}
