import type { Element } from '../../../reports/lib/xml.ts';
import { LINE_HEIGHT, type PlacedEdge, TEXT_SIZE } from './layout.ts';
import { tenth } from './svg-curve.ts';
import { LINES, text } from './svg-style.ts';

const CALM = '#333333';

/** What is written on an edge, on a ground of its own, since the line goes on below. */
export function label({ label: { x, y, width, height }, lines }: PlacedEdge): Element {
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
    },
  };
  const words = lines.map(({ text: line, tone }, index) =>
    text({ x, y: top + LINE_HEIGHT * (index + 0.75) }, line, {
      'text-anchor': 'middle',
      'font-size': TEXT_SIZE,
      fill: tone === 'calm' ? CALM : LINES.fault,
      ...(tone === 'fault' ? { 'font-weight': 700 } : {}),
    }),
  );
  return { name: 'g', children: [ground, ...words] };
}
