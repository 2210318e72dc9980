import type { Outcome, ReplayedClass } from '../../../analysis/sampling-design/replayed.ts';
import { labelled, number, plain, table } from '../../../reports/lib/text.ts';
import type { ReplayReport, ReplayResult } from './replay.ts';

const REBUILT =
  "The flight recorder's file is not in the folder any more: the batches are made of the recorded spans, each service's of a second, without scopes and links.";

/** What the replays kept and cost, beside what the run kept, for people. */
export function replayText(report: ReplayReport, width: number): string {
  const { run, replays, speed, isAsSent } = report;
  const sent = replays[0]?.sent;
  const lines = [
    ...labelled(
      '',
      `${run.id} replayed at ${number(speed, 2)} x: ${number(sent?.spans ?? 0)} spans in ${number(sent?.batches ?? 0)} batches, recorded within ${number(sent?.recordedS ?? 0, 1)} s`,
      width,
    ),
    ...(isAsSent ? [] : labelled('', REBUILT, width)),
    ...replays.flatMap(({ label, collectorConfig }) => labelled(`${label}  `, collectorConfig, width)),
    '',
    ...table(keptRows(report), `lr${'r'.repeat(replays.length + 1)}`, width),
    '',
    ...table(costRows(replays), `l${'r'.repeat(replays.length)}`, width),
    ...replays.flatMap((each) => ['', ...replayLines(each, width)]),
    '',
  ];
  return plain(lines.join('\n'));
}

function keptRows({ original, replays, promises }: ReplayReport): readonly (readonly string[])[] {
  const outcomes = [original, ...replays.map(({ outcome }) => outcome)];
  const row = (name: string, of: (outcome: Outcome) => ReplayedClass | undefined) => [
    name,
    number(of(original)?.traces ?? 0),
    ...outcomes.map((outcome) => keptText(of(outcome))),
  ];
  const isUnknown = original.classes.some(({ promise }) => promise === null);
  const others = row('of no request', ({ others: found }) => found);
  // The archive of a run is read by its entry service.
  others[2] = '?';
  return [
    ['traces kept', 'recorded', 'the run', ...replays.map(({ label }) => label)],
    ...promises.map(({ id }) => row(id, ({ classes }) => classes.find(({ promise }) => promise === id))),
    ...(isUnknown ? [row('unknown', ({ classes }) => classes.find(({ promise }) => promise === null))] : []),
    row('all requests', ({ classes }) => sumOf(classes)),
    ...(original.others.traces > 0 ? [others] : []),
  ];
}

function keptText(of: ReplayedClass | undefined): string {
  if (!of) return '0';
  return of.part > 0 ? `${number(of.whole)} + ${number(of.part)} in part` : number(of.whole);
}

function sumOf(classes: readonly ReplayedClass[]): ReplayedClass {
  const sum = (of: (each: ReplayedClass) => number) => classes.reduce((total, each) => total + of(each), 0);
  return {
    promise: null,
    traces: sum(({ traces }) => traces),
    whole: sum(({ whole }) => whole),
    part: sum(({ part }) => part),
    predicted: sum(({ predicted }) => predicted),
    unpredicted: sum(({ unpredicted }) => unpredicted),
  };
}

const MIB = 1_048_576;

function costRows(replays: readonly ReplayResult[]): readonly (readonly string[])[] {
  const row = (name: string, of: (each: ReplayResult) => string) => [name, ...replays.map(of)];
  const all = ({ outcome: { classes, others } }: ReplayResult) => sumOf([...classes, others]);
  const kept = (each: ReplayResult) => all(each).whole + all(each).part;
  return [
    row('volume and cost', ({ label }) => label),
    row('spans out', ({ outcome }) => number(outcome.keptSpans)),
    row('bytes out, OTLP protobuf', ({ received }) => number(received.bytes)),
    row('bytes out, on the wire', ({ received }) => number(received.wireBytes)),
    row('bytes a kept trace', (each) => (kept(each) === 0 ? '-' : number(each.received.bytes / kept(each)))),
    row('spans refused', ({ outcome }) => number(outcome.counters.refusedSpans)),
    row('spans given up by the sender', ({ sent }) => number(sent.givenUp.spans)),
    row('traces evicted before the decision', ({ outcome }) => number(outcome.counters.evictedTraces)),
    row('spans later than the decision', ({ outcome }) => number(outcome.counters.lateSpans)),
    row('spans lost by exporters', ({ outcome }) => number(outcome.counters.exportFailedSpans)),
    row('CPU of the Collector, s', ({ outcome }) =>
      orDash(outcome.counters.cpuS, (value) => number(value, 2)),
    ),
    row('memory at its most, MiB', ({ outcome }) =>
      orDash(outcome.counters.peakMemoryBytes, (value) => number(value / MIB)),
    ),
    row('latest batch, ms', ({ sent }) => number(sent.latestMs)),
  ];
}

function orDash(value: number | null, text: (value: number) => string): string {
  return value === null ? '-' : text(value);
}

function replayLines(each: ReplayResult, width: number): readonly string[] {
  const { label, outcome, againstRun, notes, warnings, doubts, sent } = each;
  const sum = sumOf([...outcome.classes, outcome.others]);
  const { same, different, onlyRun, onlyReplay } = againstRun;
  const facts = [
    `against the run: ${number(same)} traces of requests the same, ${number(onlyRun)} only in the run, ${number(onlyReplay)} only here${different > 0 ? `, ${number(different)} with other spans` : ''}`,
    `against the prediction: ${number(sum.predicted)} of ${number(sum.traces)} traces to be kept, ${number(outcome.disagreements)} disagreements${sum.unpredicted > 0 ? `, ${number(sum.unpredicted)} not predictable` : ''}`,
    ...outcome.examples.map(
      ({ traceId, predicted, policy, observed }) =>
        `  ${traceId}: predicted ${predicted}${policy === null ? '' : ` by ${policy}`}, came out ${observed}`,
    ),
    ...outcome.lost.map(
      ({ promise, stage, traces }) => `lost of what was promised: ${number(traces)} ${promise}, ${stage}`,
    ),
    ...(sent.givenUp.why === undefined ? [] : [`given up by the sender: ${sent.givenUp.why}`]),
    ...notes.map((note) => `for the replay: ${note}`),
    ...warnings.map((warning) => `not predicted: ${warning}`),
    ...doubts.map((doubt) => `INCONCLUSIVE: ${doubt}`),
  ];
  return facts.flatMap((fact) => labelled(`${label}  `, fact, width));
}
