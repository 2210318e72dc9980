import type { MapEdge, MapNode, ServiceMap } from '../../../analysis/service-map/map.ts';
import { edgeLines, lookOf, nodeLine } from './figures.ts';

import { FILLS, LINES, shadeOf } from './svg-style.ts';

function arrowOf(edge: MapEdge): string {
  if (edge.faults.length > 0) return '==>';
  return edge.mode === 'async' || edge.mode === null ? '-.->' : '-->';
}

/** A map as a flowchart of Mermaid, for a README or a wiki that draws it. */
export function mapMermaid(map: ServiceMap): string {
  const ids = new Map(map.nodes.map(({ name }, index) => [name, `n${index}`]));
  const idOf = (name: string): string => ids.get(name) ?? 'n';
  const used = new Set(map.nodes.map(shadeOf));
  return [
    'flowchart LR',
    ...map.nodes.map((node) => `  ${idOf(node.name)}${shape(node)}:::${shadeOf(node)}`),
    ...map.edges.map((edge) => {
      const label = edgeLines(edge)
        .map(({ text }) => quoted(text))
        .join('<br/>');
      return `  ${idOf(edge.from)} ${arrowOf(edge)}|"${label}"| ${idOf(edge.to)}`;
    }),
    ...[...used].map(
      (shade) => `  classDef ${shade} fill:${FILLS[shade].fill},stroke:${FILLS[shade].line},color:#222222`,
    ),
    ...map.edges.flatMap((edge, index) => {
      const look = lookOf(edge);
      return look === 'usual' ? [] : [`  linkStyle ${index} stroke:${LINES[look]}`];
    }),
    '',
  ].join('\n');
}

function shape(node: MapNode): string {
  const label = `"${quoted(node.name)}<br/>${quoted(nodeLine(node))}"`;
  switch (node.kind) {
    case 'database':
      return `[(${label})]`;
    case 'queue':
    case 'clients':
      return `([${label}])`;
    case 'external':
      return `{{${label}}}`;
    case 'internal':
    case 'unknown':
      return `[${label}]`;
  }
}

/** Mermaid's own entities: it knows no other way to write these in a quoted text. */
function quoted(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:;/()%+_-]/gu, (character) => `#${character.codePointAt(0) ?? 63};`);
}
