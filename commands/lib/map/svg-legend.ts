import type { Mode } from '../../../analysis/service-map/map.ts';
import type { Element } from '../../../reports/lib/xml.ts';
import type { EdgeLook } from './figures.ts';
import { FILLS, OUTSIDE, type Shade, strokeOf, text } from './svg-style.ts';

const BOXES: readonly (readonly [Shade, string])[] = [
  ['critical', 'critical'],
  ['high', 'high'],
  ['low', 'low'],
  ['database', 'database'],
  ['queue', 'queue'],
  ['unknown', 'not declared'],
];
const EDGES: readonly (readonly [EdgeLook, Mode | null, string])[] = [
  ['usual', 'sync', 'the answer waits'],
  ['usual', 'async', 'no answer waits'],
  ['usual', 'mixed', 'both'],
  ['fault', 'sync', 'fault here'],
  ['touched', 'sync', 'other under fault'],
  ['undeclared', 'sync', 'not declared'],
  ['unused', null, 'never called'],
];

const STEP = 150;
const ROW = 24;
const SAMPLE = 26;
export const LEGEND_WIDTH = STEP * EDGES.length;
export const LEGEND_HEIGHT = 2 * ROW + 8;

/** What colours and lines mean: a row for boxes, one for lines, below each other from the origin. */
export function legend(): readonly Element[] {
  const boxes = BOXES.flatMap(([shade, name], index): Element[] => {
    const { fill, line } = FILLS[shade];
    return [plate(index * STEP, { fill, stroke: line }), words(index * STEP, ROW, name)];
  });
  const lines = EDGES.flatMap(([look, mode, name], index): Element[] => {
    const [x, y] = [index * STEP, 2 * ROW - 4];
    return [
      { name: 'line', attributes: { x1: x, y1: y, x2: x + SAMPLE, y2: y, ...strokeOf(look, mode) } },
      words(x, 2 * ROW, name),
    ];
  });
  const last = BOXES.length * STEP;
  const outside = plate(last, { fill: '#ffffff', stroke: FILLS.other.line, ...OUTSIDE });
  return [...boxes, outside, words(last, ROW, 'external'), ...lines];
}

function plate(x: number, style: Readonly<Record<string, string | number>>): Element {
  return { name: 'rect', attributes: { x, y: ROW - 11, width: SAMPLE, height: 14, rx: 3, ...style } };
}

function words(x: number, y: number, name: string): Element {
  return text({ x: x + SAMPLE + 8, y }, name, { 'font-size': 11, fill: '#444444' });
}
