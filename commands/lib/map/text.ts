import type { CallStats, MapEdge, ServiceMap } from '../../../analysis/service-map/map.ts';
import { labelled, plain, quoted, table } from '../../../reports/lib/text.ts';
import { errorPercent, headline, milliseconds, nodeLine, rate, subline } from './figures.ts';

/**
 * A map as tables for a terminal.
 * @param width in characters
 * @param folder the run's, for the command that shows a trace
 */
export function mapText(map: ServiceMap, width: number, folder: string): string {
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
    ...discrepancyLines(map, width, folder),
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

function discrepancyLines({ discrepancies }: ServiceMap, width: number, folder: string): string[] {
  if (discrepancies.length === 0)
    return ['The recording agrees with the declared system: every edge was called, and no other.'];
  return discrepancies.flatMap(({ severity, what, examples }) => [
    ...labelled(`${severity}: `, what, width),
    ...(examples.length > 0 ? [`  look at: npx chaoscope trace ${quoted(folder)} ${examples[0]}`] : []),
  ]);
}
