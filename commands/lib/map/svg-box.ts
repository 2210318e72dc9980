import type { MapNode } from '../../../analysis/service-map/map.ts';
import type { Element } from '../../../reports/lib/xml.ts';
import { nodeLine } from './figures.ts';
import type { Box } from './geometry.ts';
import { NAME_SIZE, type PlacedNode, TEXT_SIZE } from './layout.ts';
import { tenth } from './svg-curve.ts';
import { FILLS, OUTSIDE, rectangle, shadeOf, text } from './svg-style.ts';

/** A node: its name and what it is, in the shape and the colour of its kind and criticality. */
export function box({ node, ...place }: PlacedNode): Element {
  const { fill, line } = FILLS[shadeOf(node)];
  const style = { fill, stroke: line, 'stroke-width': node.criticality === 'critical' ? 2.4 : 1.4 };
  const { x, y } = place;
  // Below a drum's lid.
  const sink = node.kind === 'database' ? LID : 0;
  return {
    name: 'g',
    children: [
      ...(node.kind === 'database' ? drum(place, style) : [plate(node, place, style)]),
      text({ x, y: y - 3 + sink }, node.name, {
        'text-anchor': 'middle',
        'font-size': NAME_SIZE,
        'font-weight': 600,
      }),
      text({ x, y: y + 14 + sink }, nodeLine(node), {
        'text-anchor': 'middle',
        'font-size': TEXT_SIZE,
        fill: '#444444',
      }),
    ],
  };
}

type Style = Readonly<Record<string, string | number>>;

function plate({ kind }: MapNode, place: Box, style: Style): Element {
  const isRound = kind === 'clients' || kind === 'queue';
  return rectangle(place, {
    rx: isRound ? place.height / 2 : 8,
    ...style,
    ...(kind === 'external' ? OUTSIDE : {}),
  });
}

/** Height of the half of a drum's lid that is seen within its box. */
const LID = 7;

function drum({ x, y, width, height }: Box, style: Style): readonly Element[] {
  const [left, right] = [tenth(x - width / 2), tenth(x + width / 2)];
  const [top, bottom] = [tenth(y - height / 2) + LID, tenth(y + height / 2) - LID];
  const arc = (sweep: 0 | 1, to: string): string => `A${width / 2} ${LID} 0 0 ${sweep} ${to}`;
  const body = `M${left} ${top} ${arc(1, `${right} ${top}`)} V${bottom} ${arc(1, `${left} ${bottom}`)} Z`;
  const rim = `M${left} ${top} ${arc(0, `${right} ${top}`)}`;
  return [
    { name: 'path', attributes: { d: body, ...style } },
    { name: 'path', attributes: { d: rim, ...style, fill: 'none' } },
  ];
}
