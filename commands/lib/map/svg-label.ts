import type { Element } from '../../../reports/lib/xml.ts';
import { LINE_HEIGHT, type PlacedEdge, TEXT_SIZE } from './layout.ts';
import { LINES, rectangle, text } from './svg-style.ts';

const CALM = '#333333';

/** What is written on an edge, on a ground of its own, since the line goes on below. */
export function label({ label: place, lines }: PlacedEdge): Element {
  const { x, y, height } = place;
  const top = y - height / 2 + 3;
  const ground = rectangle(place, { rx: 3, fill: '#ffffff' });
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
