import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerRow, LoadRecord, PlannedRequest, TimelineRow } from '../../harness/contracts.ts';
import { gatherBooks } from '../../harness/evidence/books.ts';
import { LedgerGatherer } from '../../harness/evidence/ledger.ts';
import { parquetPath } from '../../harness/evidence/parquet.ts';
import { queryRows } from '../../harness/evidence/query.ts';
import { literal } from '../../harness/evidence/tables.ts';
import { Timeline } from '../../harness/evidence/timeline.ts';
import { EvidenceWriter } from '../../harness/evidence/writer.ts';

let folder: string;
let evidence: EvidenceWriter;

beforeEach(async () => {
  // A quote in the path, which would break SQL that is put together without care.
  folder = mkdtempSync(join(tmpdir(), "chaoscope-it's-"));
  evidence = await EvidenceWriter.create(folder);
});

afterEach(() => {
  evidence.close();
  rmSync(folder, { recursive: true, force: true });
});

const rowsOf = <Row extends object>(table: string) =>
  queryRows<Row>(evidence.connection, `FROM read_parquet(${literal(parquetPath(folder, table))})`);

/** Names of the columns of a table's Parquet file, in their order. */
const columnsOf = async (table: string) => {
  const described = await queryRows<{ column_name: string }>(
    evidence.connection,
    `DESCRIBE FROM read_parquet(${literal(parquetPath(folder, table))})`,
  );
  return described.map(({ column_name }) => column_name);
};

describe('ledger', () => {
  const planned = (seq: number): PlannedRequest => ({
    seq,
    traceId: seq.toString(16).padStart(32, '0'),
    spanId: seq.toString(16).padStart(16, '0'),
    route: 'product-read',
    method: 'GET',
    path: `/products/${seq}`,
  });
  const record = (seq: number, more: Partial<LoadRecord> = {}): LoadRecord => ({
    traceId: planned(seq).traceId,
    route: planned(seq).route,
    dueUs: 1_760_000_000_000_000 + seq,
    sentUs: 1_760_000_000_000_100 + seq,
    latencyUs: 2000,
    status: 200,
    error: null,
    bytesIn: 12,
    ...more,
  });

  test('each planned request has its record, in the order of the plan', async () => {
    const ledger = await LedgerGatherer.create(evidence);
    for (let seq = 0; seq < 3000; seq++) ledger.plan(planned(seq), seq < 1000 ? 'warmup' : 'baseline');
    for (let seq = 2999; seq >= 0; seq--) ledger.record(record(seq));
    expect(await ledger.finish()).toEqual({
      planned: 3000,
      recorded: 3000,
      unplanned: 0,
      duplicates: 0,
      doubts: [],
    });
    const rows = await rowsOf<LedgerRow>('ledger');
    expect(rows.map(({ seq }) => seq)).toEqual([...Array(3000).keys()]);
    expect(rows[1000]).toEqual({
      seq: 1000,
      trace_id: planned(1000).traceId,
      span_id: planned(1000).spanId,
      phase: 'baseline',
      route: 'product-read',
      method: 'GET',
      path: '/products/1000',
      due_us: 1_760_000_000_001_000,
      sent_us: 1_760_000_000_001_100,
      latency_us: 2000,
      status: 200,
      error: null,
      bytes_in: 12,
    });
  });

  test('a request without a record has nulls, and makes the ledger doubtful', async () => {
    const ledger = await LedgerGatherer.create(evidence);
    for (const seq of [0, 1]) ledger.plan(planned(seq), 'baseline');
    ledger.record(record(1, { status: 0, error: 'time-out' }));
    const { doubts, ...counts } = await ledger.finish();
    expect(counts).toEqual({ planned: 2, recorded: 1, unplanned: 0, duplicates: 0 });
    expect(doubts).toEqual(['1 of 2 planned requests have no record of the driver']);
    const [without, failed] = await rowsOf<LedgerRow>('ledger');
    expect(without).toMatchObject({
      due_us: null,
      sent_us: null,
      latency_us: null,
      status: null,
      bytes_in: null,
    });
    expect(failed).toMatchObject({ status: 0, error: 'time-out' });
  });

  test('a record without a plan, and a second one, do not come in, but make it doubtful', async () => {
    const ledger = await LedgerGatherer.create(evidence);
    ledger.plan(planned(0), 'baseline');
    ledger.record(record(0, { sentUs: 2000, status: 500 }));
    ledger.record(record(0, { sentUs: 1000, status: 200 }));
    ledger.record(record(7));
    const { doubts, ...counts } = await ledger.finish();
    expect(counts).toEqual({ planned: 1, recorded: 1, unplanned: 1, duplicates: 1 });
    expect(doubts).toEqual([
      '1 records of the driver belong to no planned request',
      '1 records of the driver are the second or a later one of their request',
    ]);
    expect(await rowsOf<LedgerRow>('ledger')).toMatchObject([{ seq: 0, sent_us: 1000, status: 200 }]);
  });

  test('an empty run is an empty ledger', async () => {
    const ledger = await LedgerGatherer.create(evidence);
    expect(await ledger.finish()).toMatchObject({ planned: 0, recorded: 0, doubts: [] });
    expect(await rowsOf('ledger')).toEqual([]);
  });
});

test('timeline: what was added is on disk at once, and in order in the end', async () => {
  const timeline = new Timeline(folder);
  timeline.add('fault', 'a-to-b', 'applied', { ms: 5 }, 2000);
  timeline.add('phase', 'baseline', 'started', {}, 1000);
  expect(existsSync(join(folder, 'evidence', 'timeline.ndjson'))).toBe(true);
  await new Timeline(folder).save(evidence);
  expect(await rowsOf<TimelineRow>('timeline')).toEqual([
    { at_us: 1000, kind: 'phase', name: 'baseline', event: 'started', detail: '{}' },
    { at_us: 2000, kind: 'fault', name: 'a-to-b', event: 'applied', detail: '{"ms":5}' },
  ]);
  expect(readdirSync(join(folder, 'evidence')).filter((name) => name.startsWith('timeline'))).toEqual([
    'timeline.parquet',
  ]);
});

test('the writer leaves nothing but Parquet files', async () => {
  await new Timeline(folder).save(evidence);
  evidence.close();
  expect(readdirSync(join(folder, 'evidence'))).toEqual(['timeline.parquet']);
  evidence = await EvidenceWriter.create(folder);
});

describe('books of a service', () => {
  const answers: Record<string, [status: number, body: string]> = {};
  let server: Server;
  beforeEach(async () => {
    server = createServer((request, response) => {
      const [status, body] = answers[request.url ?? ''] ?? [404, 'none'];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const COLUMNS = { id: 'integer', amount: 'number', paid: 'boolean', note: 'text', list: 'text' } as const;
  const gather = (names: readonly string[]) =>
    gatherBooks(
      evidence,
      names.map((name) => ({ name, from: { service: 'shop', path: `/${name}`, columns: COLUMNS } })),
      {
        databaseUrl: undefined,
        serviceUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
    );

  test('types, nulls, objects, and properties that only some rows have', async () => {
    const rows = [
      { id: 1, amount: 5, paid: true, note: null, list: [1], other: 1 },
      { id: 2, amount: 5.5, note: 'x', list: [] },
    ];
    answers['/charges'] = [200, JSON.stringify(rows)];
    expect(await gather(['charges'])).toEqual({ rows: { charges: 2 }, failed: {} });
    expect(await rowsOf('books_charges')).toEqual([
      { id: 1, amount: 5, paid: true, note: null, list: '[1]' },
      { id: 2, amount: 5.5, paid: null, note: 'x', list: '[]' },
    ]);
  });

  test.each([
    ['id', 1.5, 'integer'],
    ['id', '1', 'integer'],
    ['amount', 'much', 'number'],
    ['paid', 1, 'boolean'],
  ])('a row whose %s is %j is refused', async (name, value, type) => {
    answers['/charges'] = [200, JSON.stringify([{ [name]: value }])];
    const { rows, failed } = await gather(['charges']);
    expect(rows).toEqual({});
    expect(failed['charges']).toBe(`a row has ${name} = ${JSON.stringify(value)}, which is no ${type}`);
  });

  test('an empty book is a table with its columns, and what fails does not keep the others from being read', async () => {
    answers['/empty'] = [200, '[]'];
    answers['/object'] = [200, '{}'];
    answers['/broken'] = [500, 'oops'];
    const { rows, failed } = await gather(['broken', 'object', 'empty']);
    expect(rows).toEqual({ empty: 0 });
    expect(failed).toEqual({
      broken: expect.stringContaining('answered 500'),
      object: expect.stringContaining('JSON array'),
    });
    expect(await rowsOf('books_empty')).toEqual([]);
    expect(await columnsOf('books_empty')).toEqual(Object.keys(COLUMNS));
  });

  test('a query without a database', async () => {
    const result = await gatherBooks(evidence, [{ name: 'orders', from: { sql: 'SELECT 1' } }], {
      databaseUrl: undefined,
      serviceUrl: () => '',
    });
    expect(result).toEqual({ rows: {}, failed: { orders: 'the system has no database' } });
  });
});
