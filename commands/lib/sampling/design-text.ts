import type { Volume } from '../../../analysis/sampling-design/table.ts';
import { figure, money, percent } from '../../../analysis/sampling-lint/lib/text.ts';
import type { SamplingPromise } from '../../../harness/contracts.ts';
import { labelled, number, plain, table } from '../../../reports/lib/text.ts';
import type { Design } from './design.ts';

type RunDesign = NonNullable<Design['run']>;

/** The strategy and what the run kept, for people; the configuration is not in it. */
export function designText(design: Design, width: number): string {
  const lines = [
    ...labelled('', headline(design), width),
    '',
    ...strategyLines(design, width),
    '',
    ...overlapLines(design, width),
    ...(design.run ? ['', ...runLines(design.run, design, width)] : []),
    '',
  ];
  return plain(lines.join('\n'));
}

function headline({ of, traffic, bytesFrom, strategy, pricePerGb }: Design): string {
  const { errorShare, slowShare, errorAndSlowShare, healthShare } = traffic;
  const bytes = strategy.rows[0]?.bytesPerTrace ?? 0;
  const parts = [
    `${percent(errorShare)} errors`,
    `${percent(slowShare)} slow`,
    ...(errorAndSlowShare > 0 ? [`${percent(errorAndSlowShare)} both`] : []),
    ...(healthShare > 0 ? [`${percent(healthShare)} health checks`] : []),
    bytesFrom === 'measured'
      ? 'bytes a trace as measured in the run'
      : `${number(bytes)} bytes a trace${bytesFrom === 'supposed' ? ' (supposed)' : ''}`,
    `${money(pricePerGb)} a GB`,
  ];
  return `Sampling strategy of ${of} for ${number(traffic.ratePerS)} traces/s, ${parts.join(', ')}:`;
}

function strategyLines({ strategy, traffic }: Design, width: number): readonly string[] {
  const { rows, kept, unsampled } = strategy;
  const cells = [
    [
      'promise: condition',
      'of all',
      'traces/s',
      'kept',
      'kept/s',
      'bytes each',
      'kept a day',
      'GB a day',
      'cost a day',
    ],
    ...rows.map((row) => [
      `${row.promise}: ${conditionText(row.when)}`,
      row.share === null ? '?' : percent(row.share),
      row.tracesPerS === null ? '?' : rate(row.tracesPerS),
      `${number(row.keepPercent, 2)} %`,
      row.kept ? rate(row.kept.tracesPerS) : '?',
      number(row.bytesPerTrace),
      ...dayCells(row.kept),
    ]),
    ['in all', '', rate(traffic.ratePerS), '', rate(kept.tracesPerS), '', ...dayCells(kept)],
    ['unsampled', '', rate(traffic.ratePerS), '', rate(unsampled.tracesPerS), '', ...dayCells(unsampled)],
  ];
  return table(cells, 'lrrrrrrrr', width);
}

function conditionText(when: SamplingPromise['when']): string {
  switch (when.kind) {
    case 'path':
      return when.paths.join(', ');
    case 'error':
      return 'with an error';
    case 'slow':
      return `${number(when.ms / 1000, 3)} s or more`;
    case 'any':
      return 'all others';
  }
}

function dayCells(volume: Volume | null): readonly string[] {
  if (volume === null) return ['?', '?', '?'];
  return [number(volume.tracesPerDay), figure(volume.gbPerDay), money(volume.moneyPerDay)];
}

/** Rates to two decimals: 49.25 of 985 traces. */
function rate(tracesPerS: number): string {
  return number(tracesPerS, 2);
}

function overlapLines({ traffic, strategy }: Design, width: number): readonly string[] {
  const notes: readonly string[] = [
    traffic.errorAndSlowShare > 0
      ? `${percent(traffic.errorAndSlowShare)} of all traces are failed and slow: each is kept once, and counted under the promise that comes first.`
      : 'A trace that is failed and slow is kept once; --overlap says how many there are (supposed: none).',
    'The share of all others is drawn from what no promise before it takes, so nothing is counted twice.',
    ...(strategy.rows.some(({ share }) => share === null)
      ? ['?: not known how many; counted under all others.']
      : []),
  ];
  return notes.flatMap((note) => labelled('', note, width));
}

function runLines(run: RunDesign, design: Design, width: number): readonly string[] {
  const { measured, kept, id, scenario } = run;
  const perS = number(measured.traffic.ratePerS, 1);
  const cells = [
    ['promise', 'requests', 'of all', 'promised', 'kept', 'whole', 'in part', 'kept/s', '95 %', 'GB a day'],
    ...kept.rows.map((row) => [
      row.promise,
      number(row.requests),
      row.share === null ? '-' : percent(row.share),
      `${number(row.promisedPercent, 2)} %`,
      row.keptPercent === null ? '-' : `${number(row.keptPercent, 2)} %`,
      number(row.whole),
      number(row.part),
      rate(row.kept.tracesPerS),
      `${figure(row.between.least)} to ${figure(row.between.most)}`,
      figure(row.kept.gbPerDay),
    ]),
    [
      'in all',
      number(measured.requests),
      '',
      '',
      '',
      '',
      '',
      rate(kept.kept.tracesPerS),
      '',
      figure(kept.kept.gbPerDay),
    ],
  ];
  return [
    ...labelled(
      '',
      `What the run ${id} (${scenario}) really kept, by its archive: ${number(measured.requests)} requests in ${number(measured.seconds)} s, ${perS}/s; kept/s and GB a day as they would be at ${number(design.traffic.ratePerS)} traces/s:`,
      width,
    ),
    '',
    ...table(cells, 'lrrrrrrrrr', width),
    '',
    ...[...notesOn(run)].flatMap((note) => labelled('', note, width)),
    ...bytesLines(run, width),
  ];
}

function* notesOn({ measured, kept, underFault }: RunDesign): Generator<string> {
  if (underFault)
    yield 'A fault was in force in the run, so its shares of failed and slow traces are those of an outage: for usual days give --errors and --slow, or a run without a fault.';
  const { errorAndSlowShare, errorShare } = measured.traffic;
  if (errorShare > 0)
    yield `In the run ${percent(errorAndSlowShare / errorShare)} of the failed traces were slow as well.`;
  const unknown = measured.classes.find(({ promise }) => promise === null);
  if (unknown)
    yield `${number(unknown.requests)} requests left no answer and no span: nothing is known of them.`;
  const differing = kept.rows.filter(({ predicted, whole }) => predicted !== whole);
  for (const { promise, predicted, whole } of differing)
    yield `${promise}: the run's own configuration decides to keep ${number(predicted)}, ${number(whole)} are there whole; \`chaoscope judge\` says where the others were lost.`;
  if (measured.otherTraces > 0)
    yield `${number(measured.otherTraces)} more traces belong to no request (tasks of the services), of which the run's configuration keeps ${number(measured.otherPredicted)}; they are not in these figures.`;
}

function bytesLines({ measured }: RunDesign, width: number): readonly string[] {
  if (measured.recordingFile === undefined)
    return labelled(
      '',
      "Bytes a trace are not measured: the flight recorder's file (recording.otlp.zst) is not in the folder any more.",
      width,
    );
  const cells = [
    ['bytes a trace', 'measured', 'spans', 'OTLP protobuf', 'zstd'],
    ...measured.bytes.map((each) => [
      each.promise,
      `${number(each.traces)} traces`,
      number(each.spans, 1),
      number(each.bytes),
      number(each.compressedBytes),
    ]),
  ];
  return [
    '',
    ...table(cells, 'lrrrr', width),
    '',
    ...labelled(
      '',
      'OTLP protobuf: uncompressed, each trace as a message of its own, resource and scope once a service. zstd: its share of the compressed batches in which the SDKs sent it. A backend adds its indexes.',
      width,
    ),
  ];
}
