import type { Box, Point } from './geometry.ts';

/** Distance of the outermost line's end from a box's corner, as a share of the box's height. */
const CORNER = 0.22;

interface Route {
  readonly from: Box;
  readonly to: Box;
  /** Bends between the boxes. */
  readonly bends: readonly Point[];
}

/**
 * Gives each line its own end on the side of each of its boxes: they are spread over the side in the order in which the
 * lines come in, so that neither lines nor arrow heads run into each other. Left and right sides alone are used.
 */
export function withPorts(routes: readonly Route[]): readonly (readonly Point[])[] {
  const starts = routes.map(({ from, to, bends }) => ({ box: from, towards: bends[0] ?? to }));
  const ends = routes.map(({ from, to, bends }) => ({ box: to, towards: bends.at(-1) ?? from }));
  const ports = placed([...starts, ...ends]);
  return routes.map(({ bends }, index) => [
    ports[index] ?? { x: 0, y: 0 },
    ...bends,
    ports[routes.length + index] ?? { x: 0, y: 0 },
  ]);
}

interface End {
  readonly box: Box;
  readonly towards: Point;
}

function placed(ends: readonly End[]): readonly Point[] {
  const sides = Map.groupBy(ends, ({ box, towards }) => `${box.x} ${box.y} ${towards.x > box.x}`);
  const ports = new Map<End, Point>();
  for (const side of sides.values()) {
    side
      .toSorted((a, b) => a.towards.y - b.towards.y)
      .forEach((end, index) => {
        const { box, towards } = end;
        const share = side.length === 1 ? 0.5 : CORNER + ((1 - 2 * CORNER) * index) / (side.length - 1);
        ports.set(end, {
          x: box.x + (towards.x > box.x ? box.width / 2 : -box.width / 2),
          y: box.y + box.height * (share - 0.5),
        });
      });
  }
  return ends.map((end) => ports.get(end) ?? end.box);
}
