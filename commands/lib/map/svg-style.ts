import type { MapNode, Mode } from '../../../analysis/service-map/map.ts';
import type { Element } from '../../../reports/lib/xml.ts';
import type { EdgeLook } from './figures.ts';
import type { Box, Point } from './geometry.ts';
import { tenth } from './svg-curve.ts';

export type Shade = 'critical' | 'high' | 'low' | 'other' | 'clients' | 'database' | 'queue' | 'unknown';

/** Colours of boxes; the line's contrast to white is 3 to 1 at least. */
export const FILLS: Readonly<Record<Shade, { readonly fill: string; readonly line: string }>> = {
  critical: { fill: '#fde8e6', line: '#b3261e' },
  high: { fill: '#fff1dc', line: '#b26a00' },
  low: { fill: '#e6f4e8', line: '#2e7d32' },
  other: { fill: '#f2f2f2', line: '#616161' },
  clients: { fill: '#eceff1', line: '#455a64' },
  database: { fill: '#e3edf9', line: '#1c5fa8' },
  queue: { fill: '#efe9f7', line: '#5e35b1' },
  unknown: { fill: '#fce4f4', line: '#ad1480' },
};

/** Colours of lines, six hex digits each. */
export const LINES: Readonly<Record<EdgeLook, string>> = {
  fault: '#d50000',
  undeclared: '#ad1480',
  unused: '#8a8a8a',
  touched: '#c25700',
  usual: '#37474f',
};

/** Dash patterns by whether answers wait; what is missing is drawn through. */
const DASHES: Readonly<Partial<Record<Mode, string>>> = { async: '7 4', mixed: '10 4 2 4' };
const UNUSED_DASH = '2 4';

/** The border of what belongs to somebody else. */
export const OUTSIDE = { 'stroke-dasharray': '7 3' };

export function shadeOf({ kind, criticality, isDeclared }: MapNode): Shade {
  if (kind === 'clients' || kind === 'database' || kind === 'queue') return kind;
  if (!isDeclared) return 'unknown';
  return criticality === 'critical' || criticality === 'high' || criticality === 'low'
    ? criticality
    : 'other';
}

export function strokeOf(look: EdgeLook, mode: Mode | null): Readonly<Record<string, string | number>> {
  const dash = mode === null ? UNUSED_DASH : DASHES[mode];
  return {
    stroke: LINES[look],
    'stroke-width': { fault: 3.5, touched: 2.4, undeclared: 2.4, unused: 1.6, usual: 1.6 }[look],
    ...(dash === undefined ? {} : { 'stroke-dasharray': dash }),
  };
}

/** A rectangle where a box is. */
export function rectangle(
  { x, y, width, height }: Box,
  style: Readonly<Record<string, string | number>>,
): Element {
  const corner = { x: tenth(x - width / 2), y: tenth(y - height / 2) };
  return { name: 'rect', attributes: { ...corner, width, height, ...style } };
}

/** Id of the arrow head of a colour. */
export function arrowId(colour: string): string {
  return `arrow-${colour.slice(1)}`;
}

export function text(
  { x, y }: Point,
  words: string,
  style: Readonly<Record<string, string | number>>,
): Element {
  return { name: 'text', attributes: { x: tenth(x), y: tenth(y), ...style }, children: words };
}
