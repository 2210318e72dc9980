import type { Element } from '../../../reports/lib/xml.ts';
import { type EdgeLook, lookOf } from './figures.ts';
import { LINE_HEIGHT, type PlacedEdge, TEXT_SIZE } from './layout.ts';
import { tenth } from './svg-curve.ts';
import { LINES, text } from './svg-style.ts';

/** What is written on an edge, on a ground of its own, since the line goes on below. */
export function label({ edge, label: { x, y, width, height }, lines }: PlacedEdge): Element {
  const look = lookOf(edge);
  const top = y - height / 2 + 3;
  const ground: Element = {
    name: 'rect',
    attributes: {
      x: tenth(x - width / 2),
      y: tenth(y - height / 2),
      width,
      height,
      rx: 3,
      fill: '#ffffff',
      'fill-opacity': 0.92,
    },
  };
  const words = lines.map((line, index) =>
    text({ x, y: top + LINE_HEIGHT * (index + 0.75) }, line, {
      'text-anchor': 'middle',
      'font-size': TEXT_SIZE,
      fill: colourOf(line, look),
      ...(line.startsWith('fault: ') ? { 'font-weight': 700 } : {}),
    }),
  );
  return { name: 'g', children: [ground, ...words] };
}

function colourOf(line: string, look: EdgeLook): string {
  if (line.startsWith('fault: ') || line.includes('errors')) return LINES.fault;
  return look === 'unused' || look === 'undeclared' ? LINES[look] : '#333333';
}
