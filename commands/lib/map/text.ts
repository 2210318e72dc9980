import type { CallStats, MapEdge, ServiceMap } from '../../../analysis/service-map/service-map.ts';
import { labelled, plain, table } from '../../../reports/lib/text.ts';
import { errorPercent, headline, milliseconds, nodeLine, rate, subline } from './figures.ts';

/** A map as tables for a terminal; `width` in characters. */
export function mapText(map: ServiceMap, width: number): string {
  const hasFault = map.faultS > 0;
  const lines = [
    headline(map),
    subline(map),
    '',
    ...table([['node', 'what'], ...map.nodes.map((node) => [node.name, nodeLine(node)])], 'll', width),
    '',
    ...table(
      [
        ['from', 'to', 'edge', 'mode', ...HEADS, ...(hasFault ? ['under fault:', ...HEADS] : [])],
        ...map.edges.map((edge) => edgeRow(edge, hasFault)),
      ],
      hasFault ? 'llllrrrrlrrrr' : 'llllrrrr',
      width,
    ),
    '',
    ...discrepancyLines(map, width),
  ];
  return `${plain(lines.join('\n')).trimEnd()}\n`;
}

const HEADS = ['rate', 'errors', 'p50', 'p99'];

function edgeRow(
  { from, to, id, kind, mode, calm, underFault, faults }: MapEdge,
  hasFault: boolean,
): string[] {
  const name = id ?? (kind === 'call' || kind === 'database' ? 'NOT DECLARED' : kind);
  const fault = underFault && hasFault ? [faults.join(', '), ...figures(underFault)] : [];
  return [from, to, name, mode ?? 'never called', ...figures(calm), ...fault];
}

function figures(stats: CallStats): string[] {
  return [rate(stats), errorPercent(stats), milliseconds(stats.p50Ms), milliseconds(stats.p99Ms)];
}

function discrepancyLines({ discrepancies, run }: ServiceMap, width: number): string[] {
  if (discrepancies.length === 0)
    return ['The recording agrees with the declared system: every edge was called, and no other.'];
  return discrepancies.flatMap(({ severity, what, examples }) => [
    ...labelled(`${severity}: `, what, width),
    ...(examples.length > 0 ? [`  look at: chaoscope trace <folder of ${run}> ${examples[0]}`] : []),
  ]);
}
