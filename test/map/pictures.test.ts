import { beforeAll, describe, expect, it } from 'vitest';
import type { MapEdge, MapNode, ServiceMap } from '../../analysis/service-map/map.ts';
import { isTouched } from '../../commands/lib/map/figures.ts';
import type { Box } from '../../commands/lib/map/geometry.ts';
import { layoutOf } from '../../commands/lib/map/layout.ts';
import { mapMermaid } from '../../commands/lib/map/mermaid.ts';
import { mapSvg } from '../../commands/lib/map/svg.ts';
import { mapText } from '../../commands/lib/map/text.ts';
import { mapOf } from '../analysis/service-map/support.ts';
import { SYSTEM } from '../evidence/fixture.ts';

let map: ServiceMap;
beforeAll(async () => {
  map = await mapOf();
});

const STATS = { calls: 70, ratePerS: 1, errors: 0, p50Ms: 10, p99Ms: 20 };

function edge(from: string, to: string, change: Partial<MapEdge> = {}): MapEdge {
  return {
    id: null,
    from,
    to,
    kind: 'call',
    mode: 'sync',
    calm: STATS,
    underFault: null,
    faults: [],
    examples: [],
    ...change,
  };
}

/** A map of twelve nodes with edges within, over, and against the layers. */
function tangle(): ServiceMap {
  const nodes = Array.from(
    { length: 12 },
    (_, index): MapNode => ({
      name: `service-${index}-with-a-rather-long-name`,
      kind: index === 11 ? 'database' : index === 10 ? 'queue' : 'internal',
      criticality: index % 2 === 0 ? 'critical' : 'low',
      isDeclared: true,
    }),
  );
  const name = (index: number): string => nodes[index % 12]?.name ?? '';
  const edges = nodes.flatMap((_, index) => [
    edge(name(index), name(index + 1)),
    edge(name(index), name(index * 5 + 3), {
      faults: index === 2 ? ['latency of 3750 ms'] : [],
      underFault: STATS,
    }),
  ]);
  return { ...map, nodes, edges: edges.filter(({ from, to }) => from !== to) };
}

function overlap(one: Box, two: Box): boolean {
  const isApart = (axis: 'x' | 'y', size: 'width' | 'height'): boolean =>
    Math.abs(one[axis] - two[axis]) >= (one[size] + two[size]) / 2 - 0.01;
  return !isApart('x', 'width') && !isApart('y', 'height');
}

describe('the layout', () => {
  it.each([
    ['the shop', () => map],
    ['a tangle', tangle],
  ])('of %s: no box and no label lies on another, and all are within the picture', (_what, make) => {
    const { nodes, edges, width, height } = layoutOf(make());
    const boxes: Box[] = [...nodes, ...edges.map(({ label }) => label)];
    const overlaps = boxes.flatMap((one, index) => boxes.slice(index + 1).filter((two) => overlap(one, two)));
    expect(overlaps).toEqual([]);
    for (const box of boxes) {
      expect(box.x - box.width / 2).toBeGreaterThanOrEqual(0);
      expect(box.y - box.height / 2).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width / 2).toBeLessThanOrEqual(width);
      expect(box.y + box.height / 2).toBeLessThanOrEqual(height);
    }
  });

  it('callers stand left of their callees, and each line ends on both boxes, no two at the same place', () => {
    const { nodes, edges } = layoutOf(map);
    const x = (name: string): number => nodes.find(({ node }) => node.name === name)?.x ?? Number.NaN;
    for (const {
      edge: { from, to },
    } of edges)
      expect(x(from)).toBeLessThan(x(to));
    const ends = edges.flatMap(({ points }) => [points[0], points.at(-1)]);
    expect(new Set(ends.map((end) => `${end?.x} ${end?.y}`)).size).toBe(ends.length);
    for (const end of ends)
      expect(
        nodes.some(
          ({ x: middle, y, width, height }) =>
            Math.abs(Math.abs((end?.x ?? 0) - middle) - width / 2) < 0.01 &&
            Math.abs((end?.y ?? 0) - y) < height / 2,
        ),
      ).toBe(true);
  });

  it('is the same each time', () => {
    expect(mapSvg(map)).toBe(mapSvg(map));
  });
});

describe('the picture', () => {
  it('says where the fault was, and which edges went another way under it', () => {
    const svg = mapSvg(map);
    expect(svg).toContain('fault: latency of 3750 ms');
    // Every order fails under the fixture's fault: by the fault, and on the way up.
    expect(svg.match(/stroke="#d50000"/g)).toHaveLength(2);
    const touched = map.edges.filter((each) => isTouched(each)).map(({ id }) => id);
    expect(touched).toContain('order-to-payment');
    expect(touched).not.toContain('gateway-to-auth');
  });

  it('names every node', () => {
    for (const format of [mapSvg, mapMermaid, (each: ServiceMap) => mapText(each, 200, 'runs/x')])
      for (const name of Object.keys(SYSTEM.services)) expect(format(map)).toContain(name);
  });

  const HOSTILE = `a<b>&"'|]];--> %%{init}\n\u001b[31m<script>`;
  const hostile = (): ServiceMap => ({
    ...map,
    title: HOSTILE,
    nodes: map.nodes.map((node) => (node.name === 'stripe-api' ? { ...node, name: HOSTILE } : node)),
    edges: map.edges.map((each) =>
      each.to === 'stripe-api' ? { ...each, to: HOSTILE, faults: [HOSTILE] } : each,
    ),
  });

  it('lets no text of others become markup', () => {
    const svg = mapSvg(hostile());
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).not.toContain('\u001b');
    expect(svg).toContain('a&lt;b&gt;&amp;');
    const tags = [...svg.matchAll(/<([a-zA-Z]+)/g)].map(([, tag]) => tag);
    expect(new Set(tags)).toEqual(
      new Set(
        ['xml', 'svg', 'title', 'desc', 'defs', 'marker', 'path', 'rect', 'text', 'g', 'line'].filter(
          (tag) => tag !== 'xml',
        ),
      ),
    );
  });

  it('nor a line of Mermaid', () => {
    const lines = mapMermaid(hostile()).split('\n');
    expect(lines).toHaveLength(mapMermaid(map).split('\n').length);
    expect(
      lines.filter((line) => /script|init/.test(line)).every((line) => !/[<>{}]script|"'|\]\];/.test(line)),
    ).toBe(true);
    const quoted = lines.filter((line) => line.includes('script')).map((line) => line.split('"').length - 1);
    expect(new Set(quoted)).toEqual(new Set([2]));
  });

  it('nor a sign that steers a terminal', () => {
    expect(mapText(hostile(), 200, 'runs/x')).not.toContain('\u001b');
  });
});

describe('Mermaid', () => {
  it('draws what waits, what does not, and the fault', () => {
    const text = mapMermaid({
      ...map,
      nodes: ['a', 'b', 'c'].map(
        (name) => ({ name, kind: 'internal', criticality: 'low', isDeclared: true }) as const,
      ),
      edges: [
        edge('a', 'b', { id: 'a-to-b' }),
        edge('b', 'c', { id: 'b-to-c', mode: 'async' }),
        edge('a', 'c', { id: 'a-to-c', faults: ['down'] }),
      ],
    });
    expect(text.split('\n')).toEqual([
      'flowchart LR',
      '  n0["a<br/>service, low"]:::low',
      '  n1["b<br/>service, low"]:::low',
      '  n2["c<br/>service, low"]:::low',
      '  n0 -->|"1/s<br/>p50 10 ms, p99 20 ms"| n1',
      '  n1 -.->|"1/s<br/>p50 10 ms, p99 20 ms"| n2',
      '  n0 ==>|"fault: down<br/>1/s<br/>p50 10 ms, p99 20 ms"| n2',
      '  classDef low fill:#e6f4e8,stroke:#2e7d32,color:#222222',
      '  linkStyle 2 stroke:#d50000',
      '',
    ]);
  });
});

describe('an edge is touched', () => {
  const with_ = (change: Partial<typeof STATS>) =>
    isTouched(edge('a', 'b', { underFault: { ...STATS, ...change } }));
  it.each<[string, Partial<typeof STATS>, boolean]>([
    ['as before', {}, false],
    ['60 ms more at the median', { p50Ms: 70 }, true],
    ['six times as long, but only 50 ms more', { p50Ms: 60 }, false],
    ['slow at the end', { p99Ms: 100 }, true],
    ['two in a hundred failed', { calls: 100, errors: 2 }, false],
    ['three in a hundred failed', { calls: 100, errors: 3 }, true],
    ['seven in ten calls', { ratePerS: 0.7 }, false],
    ['fewer', { ratePerS: 0.69 }, true],
  ])('%s', (_what, change, expected) => {
    expect(with_(change)).toBe(expected);
  });
  it('not without a fault, nor by what too few calls say', () => {
    expect(isTouched(edge('a', 'b'))).toBe(false);
    expect(
      isTouched(edge('a', 'b', { calm: { ...STATS, calls: 19 }, underFault: { ...STATS, p50Ms: 1000 } })),
    ).toBe(false);
  });
});
