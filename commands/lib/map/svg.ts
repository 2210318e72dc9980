import type { ServiceMap } from '../../../analysis/service-map/map.ts';
import { document, type Element } from '../../../reports/lib/xml.ts';
import { headline, lookOf, subline } from './figures.ts';
import { type Layout, layoutOf, type PlacedEdge, widthOf } from './layout.ts';
import { box } from './svg-box.ts';
import { curve } from './svg-curve.ts';
import { label } from './svg-label.ts';
import { LEGEND_HEIGHT, LEGEND_WIDTH, legend } from './svg-legend.ts';
import { arrowId, LINES, strokeOf, text } from './svg-style.ts';

/** Height of the head line and the line below. */
const HEAD = 62;
const MARGIN = 20;
const HEAD_SIZE = 18;
const SUB_SIZE = 12;

/** A map as an SVG picture that stands by itself: no script, no font and no file from elsewhere. */
export function mapSvg(map: ServiceMap): string {
  const placed = layoutOf(map);
  const width = Math.max(
    placed.width,
    LEGEND_WIDTH + 2 * MARGIN,
    widthOf(headline(map), HEAD_SIZE) + 2 * MARGIN,
    widthOf(subline(map), SUB_SIZE) + 2 * MARGIN,
  );
  const height = HEAD + placed.height + LEGEND_HEIGHT + MARGIN;
  return document({
    name: 'svg',
    attributes: {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': "system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif",
    },
    children: [
      { name: 'title', children: headline(map) },
      { name: 'desc', children: `${subline(map)}. ${describe(map)}` },
      { name: 'defs', children: [...new Set(Object.values(LINES))].map(arrowHead) },
      { name: 'rect', attributes: { width, height, fill: '#ffffff' } },
      text({ x: MARGIN, y: 30 }, headline(map), { 'font-size': HEAD_SIZE, 'font-weight': 600 }),
      text({ x: MARGIN, y: 50 }, subline(map), { 'font-size': SUB_SIZE, fill: '#555555' }),
      {
        name: 'g',
        attributes: { transform: `translate(${(width - placed.width) / 2} ${HEAD})` },
        children: drawing(placed),
      },
      {
        name: 'g',
        attributes: { transform: `translate(${MARGIN} ${HEAD + placed.height})` },
        children: legend(),
      },
    ],
  });
}

/** Lines first, then boxes, then what is written on the lines, so that nothing covers a text. */
function drawing({ nodes, edges }: Layout): readonly Element[] {
  return [...edges.map(line), ...nodes.map(box), ...edges.map(label)];
}

function line({ edge, points }: PlacedEdge): Element {
  const look = lookOf(edge);
  return {
    name: 'path',
    attributes: {
      d: curve(points),
      fill: 'none',
      ...strokeOf(look, edge.mode),
      'marker-end': `url(#${arrowId(LINES[look])})`,
    },
    children: [
      { name: 'title', children: `${edge.from} -> ${edge.to}${edge.id === null ? '' : ` (${edge.id})`}` },
    ],
  };
}

function arrowHead(colour: string): Element {
  return {
    name: 'marker',
    attributes: {
      id: arrowId(colour),
      viewBox: '0 0 10 10',
      refX: 9,
      refY: 5,
      markerWidth: 9,
      markerHeight: 9,
      markerUnits: 'userSpaceOnUse',
      orient: 'auto',
    },
    children: [{ name: 'path', attributes: { d: 'M0 1 L9 5 L0 9 z', fill: colour } }],
  };
}

function describe({ edges }: ServiceMap): string {
  return edges.map(({ from, to, mode }) => `${from} calls ${to} (${mode ?? 'never'})`).join('; ');
}
