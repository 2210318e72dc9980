import type { Point } from './geometry.ts';

/** The data of a path through all points, level in each of them, as callers and callees stand left and right. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((point, index) => {
    const from = points[index] ?? point;
    const middle = (from.x + point.x) / 2;
    return `C${place({ x: middle, y: from.y })} ${place({ x: middle, y: point.y })} ${place(point)}`;
  });
  return [`M${place(first)}`, ...parts].join(' ');
}

function place({ x, y }: Point): string {
  return `${tenth(x)} ${tenth(y)}`;
}

/** A tenth of a pixel is what one sees. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
