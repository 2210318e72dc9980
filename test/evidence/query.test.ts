/** What a query may do: read the evidence, nothing else. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { UserError } from '../../harness/errors.ts';
import { sha256Of } from '../../harness/evidence/checksums.ts';
import { parquetPath } from '../../harness/evidence/parquet.ts';
import { QueryError } from '../../harness/evidence/query.ts';
import { type OpenEvidence, openEvidence } from '../../harness/evidence/store.ts';
import { type FixtureRun, makeRun } from './fixture.ts';

let run: FixtureRun;
let evidence: OpenEvidence;
let ledger: string;
let outside: string;
beforeAll(async () => {
  run = await makeRun({ requests: [{ route: 'order-create', phase: 'baseline' }] });
  evidence = await run.open();
  ledger = parquetPath(run.folder, 'ledger');
  outside = join(run.folder, 'outside.csv');
  writeFileSync(outside, 'a,b\n1,2\n');
  // So that it is there, for what would change it.
  await evidence.query('FROM fate');
});
afterAll(() => run.remove());

describe('a query that does more than read', () => {
  it.each([
    ['overwrites evidence', () => `COPY (SELECT 1) TO '${ledger}'`],
    ['copies evidence out', () => `COPY ledger TO '${run.folder}/new.csv'`],
    ['exports all', () => `EXPORT DATABASE '${run.folder}/new'`],
    ['attaches another database', () => `ATTACH '${run.folder}/new.db'`],
    ['reads another file', () => `SELECT * FROM read_csv('${outside}')`],
    ['reads another file by its name alone', () => `SELECT * FROM '${outside}'`],
    ['reads another file as text', () => `SELECT * FROM read_text('${outside}')`],
    ['lists a folder', () => `SELECT * FROM glob('${run.folder}/*')`],
    ['makes a table', () => 'CREATE TABLE mine AS SELECT 1'],
    ['makes a view', () => 'CREATE VIEW mine AS SELECT 1'],
    ['replaces a view', () => 'CREATE OR REPLACE VIEW ledger AS SELECT 1'],
    ['removes a table', () => 'DROP TABLE fate'],
    ['removes rows', () => 'DELETE FROM fate'],
    ['adds rows', () => 'INSERT INTO fate FROM fate'],
    ['changes rows', () => "UPDATE fate SET observed = 'whole'"],
    ['opens the database again', () => 'SET enable_external_access = true'],
    ['resets a setting', () => 'RESET lock_configuration'],
    ['loads an extension', () => 'LOAD json'],
    ['hides it in an explanation', () => `EXPLAIN ANALYZE COPY ledger TO '${run.folder}/new.csv'`],
  ])('%s is refused', async (_what, sql) => {
    const before = await sha256Of(ledger);
    await expect(evidence.query(sql())).rejects.toBeInstanceOf(UserError);
    expect(await sha256Of(ledger)).toBe(before);
    expect(readdirSync(run.folder).filter((name) => name.startsWith('new'))).toEqual([]);
    expect(await evidence.query('SELECT observed FROM fate JOIN ledger USING (seq)')).toEqual([
      { observed: 'absent' },
    ]);
  });
});

test.each([
  ['nothing', '', /the query is empty/],
  ['no statement', ' ;\n-- a remark\n/* another; */', /the query is empty/],
  ['two statements', 'SELECT 1; SELECT 2', /has 2 statements; one at a time is allowed\.$/],
  ['a second one that writes', 'SELECT 1; DROP TABLE fate', /has 2 statements/],
  [
    'a pivot without its values',
    'PIVOT ledger ON status USING count(*)',
    /PIVOT is one only when it lists its values/,
  ],
])('%s is refused with what is allowed', async (_what, sql, message) => {
  await expect(evidence.query(sql)).rejects.toThrow(message);
  await expect(evidence.query(sql)).rejects.toBeInstanceOf(UserError);
});

test.each([
  ['a semicolon at its end', 'SELECT 1 AS a; -- done'],
  ['a semicolon in a text', "SELECT 1 AS a WHERE ';' <> ''"],
  ['FROM first', 'FROM (SELECT 1 AS a)'],
  ['WITH first', 'WITH t AS (SELECT 1 AS a) FROM t'],
  ['a pivot with its values', 'SELECT 1 AS a FROM (PIVOT ledger ON status IN (200) USING count(*))'],
])('%s is allowed', async (_what, sql) => {
  expect(await evidence.query(sql)).toEqual([{ a: 1 }]);
});

test('DESCRIBE, SUMMARIZE and SHOW TABLES read', async () => {
  expect(await evidence.query('DESCRIBE fate')).not.toEqual([]);
  expect(await evidence.query('SUMMARIZE ledger')).not.toEqual([]);
  expect(await evidence.query('SHOW TABLES')).toContainEqual({ name: 'ledger' });
});

test("the database's reason is there without the statement", async () => {
  const error = await evidence.query('SELECT nonsense FROM ledger').catch((thrown: unknown) => thrown);
  if (!(error instanceof QueryError)) throw new Error('no QueryError');
  expect(error.reason).toMatch(/^Binder Error: .*nonsense/);
  const syntax = await evidence.query('SELEC 1').catch((thrown: unknown) => thrown);
  expect(syntax).toMatchObject({ reason: expect.stringMatching(/^Parser Error: /) });
});

test('a whole number that a double does not hold is a text, any other a number', async () => {
  const [row] = await evidence.query(
    `SELECT 9007199254740991 AS most, 9007199254740993 AS big, -9007199254740993::HUGEINT AS huge,
            sum(9007199254740991::HUGEINT) AS total, [9007199254740993] AS list
     FROM (VALUES (1), (2), (3))`,
  );
  expect(row).toEqual({
    most: 9007199254740991,
    big: '9007199254740993',
    huge: '-9007199254740993',
    total: '27021597764222973',
    list: ['9007199254740993'],
  });
});

test('a run folder with a quote in its name, named from where one stands, is opened', async () => {
  const { cpSync } = await import('node:fs');
  const folder = join(run.folder, "it's");
  for (const part of ['evidence', 'configuration'])
    cpSync(join(run.folder, part), join(folder, part), { recursive: true });
  const other = await openEvidence(relative(process.cwd(), folder), run.run, []);
  try {
    expect(await other.query('SELECT count(*) AS n FROM ledger')).toEqual([{ n: 1 }]);
    await expect(other.query(`FROM read_csv('${outside}')`)).rejects.toThrow('Cannot access file');
  } finally {
    other.close();
  }
});

test('a run without any evidence is locked as well', async () => {
  const empty = await openEvidence(join(run.folder, 'none'), run.run, []);
  try {
    await expect(empty.query(`FROM read_csv('${outside}')`)).rejects.toThrow('Cannot access file');
    expect(existsSync(join(run.folder, 'none'))).toBe(false);
  } finally {
    empty.close();
  }
});

describe('the dictionary', () => {
  it('has every table, those that are derived and the books included, with its columns', async () => {
    const tables = await evidence.tables();
    expect(tables.map(({ name }) => name)).toEqual([
      'ledger',
      'recording',
      'archive',
      'timeline',
      'gauges',
      'phases',
      'books_orders',
      'calls',
      'orphans',
      'traces',
      'prediction',
      'outages',
      'rises',
      'losses',
      'arrivals',
      'missing_spans',
      'fate',
      'conservation',
    ]);
    for (const table of tables) {
      expect(table.meaning, table.name).not.toBe('');
      expect(table.columns.length, table.name).toBeGreaterThan(1);
      expect(table.absent, table.name).toBeUndefined();
    }
    expect(tables.find(({ name }) => name === 'fate')?.columns).toContainEqual({
      name: 'lost_stage',
      type: 'VARCHAR',
    });
  });

  it('says of a table that is not there why', async () => {
    const other = await makeRun({
      requests: [{ route: 'order-create', phase: 'baseline' }],
      without: ['archive', 'books'],
    });
    try {
      const absent = (await (await other.open()).tables()).filter((table) => table.absent !== undefined);
      expect(absent).toMatchObject([
        { name: 'archive', columns: [], absent: expect.stringContaining('left out by the fixture') },
        { name: 'fate', columns: [], absent: expect.stringContaining('archive could not be gathered') },
        {
          name: 'conservation',
          columns: [],
          absent: expect.stringContaining('archive could not be gathered'),
        },
      ]);
    } finally {
      other.remove();
    }
  });
});
