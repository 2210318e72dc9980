import { afterEach, describe, expect, it } from 'vitest';
import { traceLines } from '../commands/trace.ts';
import { openDatabase } from '../harness/evidence/database.ts';
import { parquetPath, writeParquet } from '../harness/evidence/parquet.ts';
import { literal } from '../harness/evidence/tables.ts';
import { forestOf, type TraceSpan } from '../harness/evidence/trace-spans.ts';
import { type FixtureRun, makeRun, type RunSpec, traceIdOf } from './evidence/fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

const FAILED = { route: 'order-create', phase: 'baseline', outcome: 'error' } as const;
const ERROR: RunSpec = { requests: [FAILED] };

async function lines(spec: RunSpec, color = false): Promise<readonly string[]> {
  const run = await makeRun(spec);
  runs.push(run);
  return traceLines(await run.open(), traceIdOf(0), color);
}

describe('a trace', () => {
  it('is a tree below what was asked and what became of it', async () => {
    const [request, fate, root, ...rest] = await lines(ERROR);
    expect(request).toBe('order-create: POST /api/orders in baseline, 503 after 60 ms');
    expect(fate).toBe('promised keep (error), predicted keep (errors), observed whole');
    expect(root).toMatch(
      /^ +\+0 ms {2}api-gateway: POST \/api\/orders +server +58\.5 ms {2}kept {2}ERROR HTTP 503$/,
    );
    const place = (text: string): number => rest.find((line) => line.includes(text))?.indexOf(text) ?? -1;
    const order = place('order-service: POST /orders');
    const create = place('order-service: order.create');
    expect(order).toBeGreaterThan(root?.indexOf('api-gateway') ?? 0);
    expect(create).toBe(order + 2);
    expect(place('inventory-service: SELECT shop')).toBeGreaterThan(create);
    expect(rest.filter((line) => /parent|recording|LOST|not kept/.test(line))).toEqual([]);
  });

  it('is shown of a recording that has columns which the archive lacks', async () => {
    const run = await makeRun(ERROR);
    runs.push(run);
    const database = await openDatabase(':memory:', run.folder);
    const recording = literal(parquetPath(run.folder, 'recording'));
    const wider = `SELECT *, 'a=1' AS trace_state FROM read_parquet(${recording})`;
    await writeParquet(database.connection, wider, run.folder, 'recording');
    database.close();
    expect(await traceLines(await run.open(), traceIdOf(0), false)).toEqual(await lines(ERROR));
  });

  it('says of each span that is not there what was lost', async () => {
    const all = await lines({ requests: [{ ...FAILED, archived: 'part' }] });
    expect(all[1]).toBe('promised keep (error), predicted keep (errors), observed part, lost by unexplained');
    expect(all.slice(2).filter((line) => line.includes('LOST'))).toHaveLength(1);
    expect(all.slice(2).filter((line) => line.includes('  kept'))).toHaveLength(all.length - 3);
  });

  it('that nobody promised to keep is not lost', async () => {
    const all = await lines({
      requests: [{ route: 'health', phase: 'baseline' }],
    });
    expect(all[1]).toBe('promised drop (health), predicted drop (no-health-checks), observed absent');
    expect(all.slice(2)).toEqual([expect.stringMatching(/ not kept$/)]);
  });

  it('without its entry span stands on orphans, and they say whose child they are', async () => {
    const all = await lines({
      requests: [{ route: 'order-create', phase: 'baseline', recorded: 'no-entry' }],
    });
    expect(
      all.slice(2).filter((line) => /parent [0-9a-f]{16} is not here$/.test(line)).length,
    ).toBeGreaterThan(0);
  });

  it('of which the archive has a span that nobody recorded says so', async () => {
    const all = await lines({
      ...ERROR,
      mutate: (tables) => void tables.recording.splice(3, 1),
    });
    expect(all.filter((line) => line.includes('not in the recording'))).toHaveLength(1);
  });

  it('with a span twice shows it once', async () => {
    const usual = await lines(ERROR);
    const twice = await lines({
      ...ERROR,
      mutate: (tables) => void tables.recording.push(...tables.recording.map((span) => ({ ...span }))),
    });
    expect(twice).toEqual(usual);
  });

  it('without an archive does not call anything lost', async () => {
    const all = await lines({ ...ERROR, without: ['archive'] });
    expect(all).toHaveLength((await lines(ERROR)).length - 1);
    expect(all.slice(1).every((line) => line.includes('archive unknown'))).toBe(true);
  });

  it('without a ledger has spans all the same, and without spans the request', async () => {
    expect((await lines({ ...ERROR, without: ['ledger'] }))[0]).toBe('no request of the load has this trace');
    const none = await lines({
      requests: [{ route: 'order-create', phase: 'baseline', recorded: 'none', status: 0 }],
    });
    expect(none).toEqual([
      'order-create: POST /api/orders in baseline, no answer (no answer) after 120 ms',
      'promised unknown, predicted unknown, observed absent',
      'no span of it was recorded or kept',
    ]);
  });

  it('lets nothing through that steers the terminal, and colours errors alone', async () => {
    const wild: RunSpec = {
      ...ERROR,
      mutate(tables) {
        for (const span of tables.recording) span.name = `${span.name}\u001b[2J`;
      },
    };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
    expect((await lines(wild)).join('\n')).not.toMatch(/\u001b/);
    const colored = await lines(ERROR, true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
    expect(colored.filter((line) => /\u001b\[31m/.test(line))).toEqual(
      colored.filter((line) => line.includes('ERROR')),
    );
  });

  it('that nobody knows is an error of the user', async () => {
    const run = await makeRun(ERROR);
    runs.push(run);
    const unknown = '0'.repeat(32);
    await expect(traceLines(await run.open(), unknown, false)).rejects.toThrow(
      `no request and no span of this run has the trace id ${unknown}`,
    );
  });
});

it('spans that are each other’s parents are shown once each', () => {
  const span = (spanId: string, parentId: string | null): TraceSpan => ({
    spanId,
    parentId,
    service: 's',
    name: spanId,
    kind: 'internal',
    startUs: 0,
    endUs: 1,
    isError: false,
    statusMessage: null,
    isRecorded: true,
    isArchived: true,
  });
  const [root, ...others] = forestOf([span('a', 'b'), span('b', 'a'), span('c', null), span('d', 'd')]);
  expect(root?.span.spanId).toBe('c');
  expect(others.map((node) => [node.span.spanId, node.children.map((child) => child.span.spanId)])).toEqual([
    ['a', ['b']],
    ['d', []],
  ]);
});
