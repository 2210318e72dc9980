import { Graph, layout } from '@dagrejs/dagre';
import type { MapEdge, MapNode, ServiceMap } from '../../../analysis/service-map/map.ts';
import { type EdgeLine, edgeLines, nodeLine } from './figures.ts';
import type { Box, Point } from './geometry.ts';
import { withPorts } from './ports.ts';

export interface PlacedNode extends Box {
  readonly node: MapNode;
}

export interface PlacedEdge {
  readonly edge: MapEdge;
  /** From the caller's border to the callee's, a bend each between. */
  readonly points: readonly Point[];
  readonly label: Box;
  readonly lines: readonly EdgeLine[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Sizes of the two texts, and how wide a character is at most on average in a sans-serif font, as a share of the size. */
export const NAME_SIZE = 14;
export const TEXT_SIZE = 11;
const CHARACTER = 0.6;

export const LINE_HEIGHT = 14;
const PADDING = 14;
const NODE_HEIGHT = 52;
const LEAST_NODE_WIDTH = 130;

/** Places callers left of their callees, with room for every label, by the layered method of Sugiyama (dagre). */
export function layoutOf({ nodes, edges }: ServiceMap): Layout {
  const graph = new Graph<object, object, object>({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 34, edgesep: 18, ranksep: 26, marginx: 20, marginy: 20 });
  for (const node of nodes) graph.setNode(node.name, sizeOfNode(node));
  edges.forEach((edge, index) => {
    graph.setEdge(edge.from, edge.to, { ...sizeOfLabel(edgeLines(edge)), labelpos: 'c' }, String(index));
  });
  layout(graph);
  const boxes = new Map(nodes.map(({ name }) => [name, boxOf(graph.node(name))]));
  const labels = edges.map((edge, index) => graph.edge(edge.from, edge.to, String(index)));
  const lines = withPorts(
    edges.map(({ from, to }, index) => ({
      from: boxes.get(from) ?? NOWHERE,
      to: boxes.get(to) ?? NOWHERE,
      // The first and the last are dagre's own ends, on any side of the box.
      bends: pointsOf(labels[index] ?? {}).slice(1, -1),
    })),
  );
  return {
    ...extent(graph.graph()),
    nodes: nodes.map((node) => ({ node, ...(boxes.get(node.name) ?? NOWHERE) })),
    edges: edges.map((edge, index) => ({
      edge,
      lines: edgeLines(edge),
      label: boxOf(labels[index] ?? {}),
      points: lines[index] ?? [],
    })),
  };
}

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };

function sizeOfNode(node: MapNode): { width: number; height: number } {
  const text = Math.max(widthOf(node.name, NAME_SIZE), widthOf(nodeLine(node), TEXT_SIZE));
  return { width: Math.max(LEAST_NODE_WIDTH, text + 2 * PADDING), height: NODE_HEIGHT };
}

function sizeOfLabel(lines: readonly EdgeLine[]): { width: number; height: number } {
  return {
    width: Math.max(0, ...lines.map((line) => widthOf(line.text, TEXT_SIZE))) + 8,
    height: lines.length * LINE_HEIGHT + 6,
  };
}

/** Wider than any usual font will set it. */
export function widthOf(text: string, size: number): number {
  return Math.ceil([...text].length * size * CHARACTER);
}

/** What dagre has written into a label; it promises no type. */
function boxOf(label: object): Box {
  return {
    x: numberIn(label, 'x'),
    y: numberIn(label, 'y'),
    width: numberIn(label, 'width'),
    height: numberIn(label, 'height'),
  };
}

function extent(label: object): { width: number; height: number } {
  return { width: Math.ceil(numberIn(label, 'width')), height: Math.ceil(numberIn(label, 'height')) };
}

function pointsOf(label: object): readonly Point[] {
  const points: unknown = Reflect.get(label, 'points');
  return Array.isArray(points)
    ? points.map((point: object) => ({ x: numberIn(point, 'x'), y: numberIn(point, 'y') }))
    : [];
}

function numberIn(label: object, key: string): number {
  const value: unknown = Reflect.get(label, key);
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`the layout has no ${key}`);
  return value;
}
