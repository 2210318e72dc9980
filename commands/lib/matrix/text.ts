import { percent } from '../../../analysis/lib/text.ts';
import type { Agreement, Matrix, MatrixCellResult, RootCauseScore } from '../../../analysis/matrix/schema.ts';
import { table } from '../../../reports/lib/text.ts';
import { markdownTable } from '../markdown.ts';

/** A table a build: a row an edge and fault, a column a route, `failed 0.02` = outcome and goodput ratio. */
export function matrixText(matrix: Matrix, width: number): string {
  const align = `ll${'l'.repeat(matrix.routes.length)}r`;
  const parts = matrix.builds.map((build) =>
    [`build ${build}`, ...table([head(matrix), ...rows(matrix, build)], align, width)].join('\n'),
  );
  return [...parts, ...summary(matrix)].join('\n\n');
}

/** The same as Markdown. */
export function matrixMarkdown(matrix: Matrix): string {
  const parts = matrix.builds.map(
    (build) => `### Build ${build}\n\n${markdownTable(head(matrix), rows(matrix, build))}`,
  );
  const { rate, phases } = matrix;
  const legend = `Outcome of each route under each fault, with its goodput: good answers per second under the fault, as a share of those before it. ${rate} requests/s, the same share for each route; baseline ${phases.baselineS} s, fault ${phases.faultS} s. An asterisk: predicted otherwise.`;
  return `${[`## ${matrix.system}: every edge, every fault`, legend, ...parts, ...summary(matrix)].join('\n\n')}\n`;
}

/** What died, how far the predictions came true, and how often the broken edge was found; a paragraph each. */
function summary({ agreement, cells, rootCause }: Matrix): readonly string[] {
  const dead = cells.filter(({ died }) => died !== null);
  const unmade = cells.filter(({ routes }) => routes.length === 0).length;
  return [
    ...(unmade > 0 ? [`${unmade} of ${cells.length} cells are not made yet`] : []),
    ...(dead.length > 0
      ? [
          [
            'Services that ended by themselves under a fault:',
            ...dead.map(({ run, died }) => `  ${run}: ${died}`),
          ].join('\n'),
        ]
      : []),
    ...agreement.filter(({ compared }) => compared > 0).map(agreementText),
    ...(rootCause.recording ? [scoreText('recording', rootCause.recording)] : []),
    ...(rootCause.archive ? [scoreText('archive alone', rootCause.archive)] : []),
  ];
}

function scoreText(source: string, { cases, withoutFault, top1, top3, misses }: RootCauseScore): string {
  const hits = ({ hits, share, low, high }: RootCauseScore['top1']): string =>
    `${hits} of ${cases} (${percent(share, 1)}, 95 % interval ${percent(low, 1)} to ${percent(high, 1)})`;
  return [
    `Root cause from the ${source}: first ${hits(top1)}, among the first three ${hits(top3)}; ${withoutFault} of the cases are runs without a fault`,
    ...misses.map(
      ({ run, suspects }) => `  not found: ${run}, suspected ${suspects.slice(0, 3).join(', ') || 'none'}`,
    ),
  ].join('\n');
}

function agreementText({ build, compared, agreed, touchAgreed, low, high }: Agreement): string {
  return `${build}: ${agreed} of ${compared} outcomes as predicted (${percent(agreed / compared, 1)}, 95 % interval ${percent(low, 1)} to ${percent(high, 1)}); touched or not: ${touchAgreed} of ${compared} (${percent(touchAgreed / compared, 1)})`;
}

function head({ routes }: Matrix): readonly string[] {
  return ['edge', 'fault', ...routes, 'routes hit'];
}

function rows({ cells, routes }: Matrix, build: string): readonly (readonly string[])[] {
  return cells
    .filter((cell) => cell.build === build && cell.routes.length > 0)
    .map((cell) => [
      cell.edge,
      cell.fault,
      ...routes.map((route) => routeText(cell, route)),
      cell.blastRadius.known === 0 ? '-' : `${cell.blastRadius.hit} of ${cell.blastRadius.known}`,
    ]);
}

function routeText({ routes }: MatrixCellResult, name: string): string {
  const found = routes.find(({ route }) => route === name);
  if (!found) return '';
  const ratio = found.goodputRatio === null ? '' : ` ${found.goodputRatio.toFixed(2)}`;
  const isOtherwise =
    found.predicted !== null && found.outcome !== 'unknown' && found.predicted.outcome !== found.outcome;
  return `${found.outcome}${ratio}${isOtherwise ? ' *' : ''}`;
}
