import { placeText } from '../../../analysis/bottlenecks/lib/detector.ts';
import { percent } from '../../../analysis/lib/text.ts';
import { labelled, number, plain, table } from '../../../reports/lib/text.ts';
import type { BottleneckReport } from './schema.ts';

type Route = BottleneckReport['routes'][number];
type Finding = Route['findings'][number];

/** Findings of a route that are told in full, and places of its path. */
const TOLD = 6;
const PLACES = 8;

/** What was found, for people. */
export function bottlenecksText({ input, routes }: BottleneckReport, width: number): string {
  const head = `${input.path} (${input.format})`;
  const body = routes.flatMap((route) => ['', ...routeLines(route, width)]);
  return plain(`${[head, ...body].join('\n')}\n`);
}

function routeLines(route: Route, width: number): readonly string[] {
  const { findings, traces, spans } = route;
  const many = traces > 1 ? `p50 ${ms(route.p50Ms)}, p95 ${ms(route.p95Ms)}` : ms(route.p50Ms);
  const more = findings.slice(TOLD);
  return [
    `${route.route}: ${many}; ${count(traces, 'trace')}, ${count(spans, 'span')}`,
    ...pathLines(route, width),
    ...(findings.length === 0 ? ['', '  no bottleneck found'] : []),
    ...findings.slice(0, TOLD).flatMap((finding) => ['', ...findingLines(finding, route, width)]),
    ...(more.length > 0
      ? [
          '',
          ...labelled('  ', `and ${count(more.length, 'more finding')}, with --json: ${titles(more)}`, width),
        ]
      : []),
    ...afterLines(route, width),
    ...noteLines(route, width),
  ];
}

function pathLines({ criticalPath }: Route, width: number): readonly string[] {
  const rows = criticalPath
    .slice(0, PLACES)
    .map(({ service, span, edge, meanMs, share }) => [
      `  ${percent(share)}`,
      ms(meanMs),
      edge === null ? `${service}: ${span}` : `${edge}: ${span}`,
    ]);
  return ['  where the time goes (critical path, own time):', ...table(rows, 'rrl', width)];
}

function findingLines(finding: Finding, route: Route, width: number): readonly string[] {
  const { severity, title, what, evidence, remedies, saving } = finding;
  const seen =
    route.traces > 1
      ? `seen in ${percent(evidence.tracesShare)} of the traces (${number(evidence.traces)}); ${percent(evidence.pathShare)} of their critical path`
      : `${percent(evidence.pathShare)} of the critical path`;
  const before = { p50Ms: route.p50Ms, p95Ms: route.p95Ms };
  const upTo = saving.atMost ? 'at most ' : '';
  return [
    ...labelled(`  ${severity.padEnd(8)}  `, `${title}: ${what}`, width),
    ...labelled('            ', `${seen}; look at ${evidence.traceIds[0]}`, width),
    ...remedies.flatMap((remedy, index) => labelled(`            ${index + 1}. `, remedy, width)),
    ...labelled(
      '            ',
      `saves ${upTo}${ms(saving.meanMs)}${route.traces > 1 ? ' where it is seen' : ''}: ${change(before, saving.after, route.traces)}`,
      width,
    ),
  ];
}

/** What the findings save together, one after the other. */
function afterLines(route: Route, width: number): readonly string[] {
  const { after, findings, traces } = route;
  if (after.length < 2) return [];
  const sure = findings.filter(({ saving }) => !saving.atMost);
  const steps = after.map((each, index) => {
    const { place } = sure[index] ?? {};
    return [`    ${index + 1}. ${place ? placeText(place) : ''}`, '->', ...figures(each, traces)];
  });
  return [
    '',
    '  mended one after the other:',
    ...table([['    now', '', ...figures(route, traces)], ...steps], 'llll', width),
  ];
}

function noteLines({ notes }: Route, width: number): readonly string[] {
  const told = [
    notes.moved > 0 ? `${count(notes.moved, 'span')} moved, since clocks of hosts differ` : '',
    notes.placed > 0 ? `${count(notes.placed, 'span')} without a parent, placed by time` : '',
    notes.left > 0 ? `${count(notes.left, 'span')} left out: below no span of the trace` : '',
    notes.async > 0 ? `${count(notes.async, 'span')} that nobody waits for` : '',
    notes.duplicates > 0 ? `${count(notes.duplicates, 'span')} delivered more than once` : '',
  ].filter((each) => each !== '');
  return told.length === 0 ? [] : ['', ...labelled('  note: ', told.join('; '), width)];
}

interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

function figures({ p50Ms, p95Ms }: Percentiles, traces: number): readonly string[] {
  return traces > 1 ? [`p50 ${ms(p50Ms)}`, `p95 ${ms(p95Ms)}`] : [ms(p50Ms), ''];
}

function change(before: Percentiles, after: Percentiles, traces: number): string {
  if (traces === 1) return `${ms(before.p50Ms)} -> ${ms(after.p50Ms)}`;
  return `p50 ${ms(before.p50Ms)} -> ${ms(after.p50Ms)}, p95 ${ms(before.p95Ms)} -> ${ms(after.p95Ms)}`;
}

function titles(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ title }) => title))].join(', ');
}

function ms(value: number): string {
  return `${number(value, value < 10 ? 1 : 0)} ms`;
}

function count(many: number, noun: string): string {
  return `${number(many)} ${noun}${many === 1 ? '' : 's'}`;
}
