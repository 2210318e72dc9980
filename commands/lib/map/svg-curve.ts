import type { Point } from './layout.ts';

/** The data of a path from the first to the last point that is drawn to the bends between them, smooth everywhere. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const bends = rest.slice(0, -1);
  if (bends.length === 0) return [`M${place(first)}`, ...rest.map((point) => `L${place(point)}`)].join(' ');
  const parts = bends.map((bend, index) => {
    const next = rest[index + 1] ?? bend;
    const isLast = index === bends.length - 1;
    return `Q${place(bend)} ${place(isLast ? next : { x: (bend.x + next.x) / 2, y: (bend.y + next.y) / 2 })}`;
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
