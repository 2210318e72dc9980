import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { parquetPath } from '../../harness/evidence/parquet.ts';
import { type FixtureRun, makeRun, PHASES, type RunSpec } from './fixture.ts';

const runs: FixtureRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.remove();
});

async function make(spec: RunSpec = {}): Promise<FixtureRun> {
  const run = await makeRun({ requests: [{ route: 'order-create', phase: 'baseline' }], ...spec });
  runs.push(run);
  return run;
}

const open = async (spec: RunSpec = {}) => (await make(spec)).open();

test('all sources are there, and every table can be queried', async () => {
  const evidence = await open();
  expect([...evidence.sources].sort()).toEqual([
    'archive',
    'books',
    'gauges',
    'ledger',
    'recording',
    'timeline',
  ]);
  const tables = [
    'ledger',
    'recording',
    'timeline',
    'gauges',
    'books_orders',
    'phases',
    'calls',
    'traces',
    'fate',
  ];
  for (const table of tables) {
    const [row] = await evidence.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`);
    expect({ table, rows: row?.rows }).toEqual({ table, rows: expect.any(Number) });
    expect(row?.rows).toBeGreaterThan(0);
  }
});

test('big integers (as text where a number is not exact), sums, decimals and lists come as plain JavaScript', async () => {
  const evidence = await open();
  const [row] = await evidence.query(
    `SELECT 1760000000000000::BIGINT AS b, sum(seq) AS s, 1.5::DECIMAL(9, 2) AS d, [1::BIGINT, 2] AS l,
            {'a': 7::BIGINT} AS o, NULL AS n, true AS t, 18446744073709551615::UBIGINT AS u, '1' AS x, 'y' AS x FROM ledger`,
  );
  expect(row).toEqual({
    b: 1760000000000000,
    s: 0,
    d: 1.5,
    l: [1, 2],
    o: { a: 7 },
    n: null,
    t: true,
    u: '18446744073709551615',
    x: '1',
    'x:1': 'y',
  });
});

test('parameters of each type, also after LIMIT', async () => {
  const evidence = await open();
  const rows = await evidence.query(
    'SELECT $text AS text, $flag AS flag, $none AS none, $whole AS whole, $part AS part FROM recording LIMIT $limit',
    { text: "it's", flag: true, none: null, whole: 5, part: 0.5, limit: 2 },
  );
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual({ text: "it's", flag: true, none: null, whole: 5, part: 0.5 });
});

test('a parameter beside a derived table', async () => {
  const evidence = await open();
  expect(
    await evidence.query('SELECT * FROM fate WHERE route = $route', { route: 'order-create' }),
  ).toHaveLength(1);
});

test('queries that are asked for at once are answered one by one', async () => {
  const evidence = await open();
  const answers = await Promise.all([
    evidence.query('SELECT count(*) AS n FROM fate'),
    evidence.query('SELECT nonsense FROM fate').catch(() => 'failed'),
    evidence.query('SELECT count(*) AS n FROM calls'),
  ]);
  expect(answers[0]).toEqual([{ n: 1 }]);
  expect(answers[1]).toBe('failed');
  expect(answers[2]).toEqual([{ n: 8 }]);
});

test('phases are those of the run', async () => {
  const evidence = await open();
  const rows = await evidence.query(
    'SELECT name, start_us AS "startUs", end_us AS "endUs" FROM phases ORDER BY start_us',
  );
  expect(rows).toEqual(PHASES);
  const none = await open({ run: { phases: [] } });
  expect(await none.query('SELECT * FROM phases')).toEqual([]);
});

test('a wrong query is an error of the user, with the statement', async () => {
  const evidence = await open();
  const error = await evidence.query('SELECT nonsense FROM ledger').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toContain('nonsense');
});

describe('what is missing', () => {
  test('has no table, and the error says why', async () => {
    const evidence = await open({ without: ['archive'] });
    expect(evidence.sources.has('archive')).toBe(false);
    await expect(evidence.query('FROM archive')).rejects.toThrow(
      'the table archive does not exist in this run: archive could not be gathered: left out by the fixture',
    );
    await expect(evidence.query('FROM fate')).rejects.toThrow(
      'fate does not exist in this run: archive could not',
    );
    expect(await evidence.query("SELECT 'archive fate' AS text FROM traces")).toHaveLength(1);
  });

  test('a file that is gone though run.json does not say so', async () => {
    const run = await make();
    rmSync(parquetPath(run.folder, 'recording'));
    const evidence = await run.open();
    expect(evidence.sources.has('recording')).toBe(false);
    await expect(evidence.query('FROM calls')).rejects.toThrow('recording.parquet');
  });

  test('what run.json calls missing is not used though a file lies there', async () => {
    const evidence = await open({ run: { missing: { ledger: 'the load driver died' } } });
    expect(evidence.sources.has('ledger')).toBe(false);
    await expect(evidence.query('FROM fate')).rejects.toThrow('the load driver died');
  });

  test('without gauges and books the rest can be judged', async () => {
    const evidence = await open({ without: ['gauges', 'books', 'timeline'] });
    expect([...evidence.sources].sort()).toEqual(['archive', 'ledger', 'recording']);
    expect(await evidence.query('FROM fate')).toHaveLength(1);
  });

  test('without the Collector configuration the fate cannot be told, all else can', async () => {
    const run = await make();
    rmSync(join(run.folder, 'configuration', 'collector.yaml'));
    const evidence = await run.open();
    await expect(evidence.query('FROM fate')).rejects.toThrow('collector.yaml is missing');
    expect(await evidence.query('FROM traces')).toHaveLength(1);
  });
});

describe('broken files', () => {
  test.each([
    ['no Parquet', 'not a parquet file'],
    ['empty', ''],
  ])('%s', async (_, content) => {
    const run = await make();
    writeFileSync(parquetPath(run.folder, 'archive'), content);
    const error = await run.open().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toContain('archive.parquet cannot be read as the table archive');
  });

  test('a file with other columns', async () => {
    const run = await make();
    writeFileSync(parquetPath(run.folder, 'ledger'), readFileSync(parquetPath(run.folder, 'gauges')));
    await expect(run.open()).rejects.toThrow('ledger.parquet cannot be read as the table ledger');
  });
});

test('judging changes nothing in the folder', async () => {
  const run = await make();
  const state = () =>
    (readdirSync(run.folder, { recursive: true }) as string[]).sort().map((name) => {
      const path = join(run.folder, name);
      const { mtimeMs } = statSync(path);
      return [
        name,
        mtimeMs,
        statSync(path).isFile() ? createHash('md5').update(readFileSync(path)).digest('hex') : '',
      ];
    });
  const before = state();
  const evidence = await run.open();
  await evidence.query('SELECT * FROM fate, calls, traces LIMIT 1');
  evidence.close();
  expect(state()).toEqual(before);
});

test('warnings of the sampling configuration are passed on', async () => {
  const collectorConfig = (await import('./fixture.ts')).COLLECTOR_YAML.replace(
    'type: latency',
    'type: made_up',
  );
  const evidence = await open({ collectorConfig });
  const [fate] = await evidence.query<{ predicted: string }>('SELECT predicted FROM fate');
  expect(fate?.predicted).toMatch(/keep|unknown/);
  expect(evidence.warnings).toEqual([expect.stringContaining('made_up')]);
});
