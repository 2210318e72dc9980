import { percent } from '../../analysis/lib/text.ts';
import type { Outcome, Prediction } from '../../analysis/risks/outcomes.ts';
import { FAULTS, OUTCOMES } from '../../analysis/risks/outcomes.ts';
import type { RiskTable } from '../../analysis/risks/risk-table.ts';
import { labelled, number, plain, table, wrap } from '../../reports/lib/text.ts';

/** The risks of a run's system, to be read by people; `width` in characters. */
export function risksText(risks: RiskTable, run: string, width: number): string {
  const requests = Object.entries(risks.requests).map(([route, good]) => `${route} ${number(good)}`);
  const grid = gridRows(risks.predictions);
  const lines = [
    ...wrap(
      `Risks, predicted from good requests of ${run} that no fault touched: ${requests.join(', ')}`,
      width,
    ),
    '',
    ...section('Single points of failure', singlePointRows(risks), 'lllrl', width),
    ...section('Cascades', cascadeRows(risks), 'lll', width),
    'Degradations',
    ...degradationLines(risks, width),
    '',
    ...section(
      'Predicted (. unaffected, d degraded, F failed)',
      grid,
      'l'.repeat(grid[0]?.length ?? 0),
      width,
    ),
    `  in each cell: ${FAULTS.join(', ')}`,
    '',
    ...risks.notes.flatMap((note) => wrap(`note: ${note}`, width)),
  ];
  return `${plain(lines.join('\n')).trimEnd()}\n`;
}

function section(
  title: string,
  rows: readonly (readonly string[])[],
  align: string,
  width: number,
): string[] {
  // The first row is the heading.
  return [
    title,
    ...(rows.length > 1 ? table(rows, align, width - 2).map((line) => `  ${line}`) : ['  none']),
    '',
  ];
}

function singlePointRows({ singlePoints }: RiskTable): string[][] {
  return [
    ['what', 'type', 'fails with it', 'of all requests', 'remedy'],
    ...singlePoints.map(({ node, kind, criticality, position, routes, share, remedy }) => [
      node,
      [kind, criticality, position === 'end' ? null : position].filter((word) => word !== null).join(', '),
      routes.map(({ route }) => route).join(', '),
      percent(share, 1),
      remedy,
    ]),
  ];
}

function cascadeRows({ cascades }: RiskTable): string[][] {
  return [
    ['who falls after whom', 'routes that fail', 'remedy'],
    ...cascades.map(({ services, routes, remedy }) => [services.join(' -> '), routes.join(', '), remedy]),
  ];
}

/** A block a service: what goes on without it, what does not, why, and what to do. */
function degradationLines({ degradations }: RiskTable, width: number): string[] {
  if (degradations.length === 0) return ['  none'];
  return degradations.flatMap(({ node, criticality, routes, apart, untouched, remedy }) => {
    const well = routes.filter(({ outcome }) => outcome !== 'failed');
    const failed = routes.filter(({ outcome }) => outcome === 'failed').map(({ route }) => route);
    const goesOn = [...well.map(({ route, outcome }) => `${route} (${outcome})`), ...untouched];
    const lines: [string, string][] = [
      ['goes on', goesOn.join(', ')],
      ['fails', failed.join(', ')],
      ...well.map(({ route, because }): [string, string] => ['why', `${route}: ${because}`]),
      ['why', routes.length === 0 ? `no answer waits for it: ${number(apart)} calls come after one` : ''],
      ['to do', remedy],
    ];
    return [
      `  ${node} is down${criticality === null ? '' : ` (${criticality})`}`,
      ...lines
        .filter(([, text]) => text !== '')
        .flatMap(([label, text]) => labelled(`    ${label.padEnd(9)}`, text, width)),
    ];
  });
}

const SIGNS: Readonly<Record<Outcome, string>> = { unaffected: '.', degraded: 'd', failed: 'F' };

/** A row an edge that a route needs, a column a route with a sign for each fault. */
function gridRows(predictions: readonly Prediction[]): string[][] {
  const routes = [...new Set(predictions.map(({ route }) => route))];
  const edges = [...new Set(predictions.filter(isTouched).map(({ edge }) => edge))];
  const sign = (route: string, edge: string, fault: string): string => {
    const found = predictions.find(
      (each) => each.route === route && each.edge === edge && each.fault === fault,
    );
    return found ? SIGNS[found.outcome] : '?';
  };
  return [
    ['', ...routes],
    ...edges.map((edge) => [
      edge,
      ...routes.map((route) => FAULTS.map((fault) => sign(route, edge, fault)).join(' ')),
    ]),
  ];
}

function isTouched({ outcome }: Prediction): boolean {
  return outcome !== OUTCOMES[0];
}
