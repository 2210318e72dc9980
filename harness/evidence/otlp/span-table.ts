/** Decoded spans to a Parquet file with the columns of TABLES, a recording with ADDED_TO_RECORDING. */
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBValue } from '@duckdb/node-api';
import { columnList, identifier, literal } from '../tables.ts';
import type { EvidenceWriter } from '../writer.ts';
import { type DecodedSpan, KINDS, type Resource, STATUSES } from './span.ts';

/** The most rows that a DuckDB chunk takes. */
const CHUNK = 2048;

/**
 * The rows wait in this form: numbers go into the database in bulk, while each text costs a call. Ids are words, what
 * repeats is a number, instants are doubles (exact for microseconds). `#select` turns it into SpanRows.
 */
const WAITING = {
  t0: 'UINTEGER',
  t1: 'UINTEGER',
  t2: 'UINTEGER',
  t3: 'UINTEGER',
  s0: 'UINTEGER',
  s1: 'UINTEGER',
  p0: 'UINTEGER',
  p1: 'UINTEGER',
  resource_id: 'UINTEGER',
  kind: 'UTINYINT',
  status: 'UTINYINT',
  http_status: 'SMALLINT',
  start_us: 'DOUBLE',
  end_us: 'DOUBLE',
  name: 'VARCHAR',
  status_message: 'VARCHAR',
  http_route: 'VARCHAR',
  url_path: 'VARCHAR',
  peer_service: 'VARCHAR',
  db_system: 'VARCHAR',
  attributes: 'VARCHAR',
  events: 'VARCHAR',
  trace_state: 'VARCHAR',
  arrival: 'UINTEGER',
} as const;

const NAMES = Object.keys(WAITING);

export class SpanTable {
  readonly #evidence: EvidenceWriter;
  readonly #table: string;
  readonly #waiting: string;
  readonly #appender: DuckDBAppender;
  /** Used again and again: its memory is not JavaScript's, so a new one each time would pile up until a collection. */
  readonly #chunk: DuckDBDataChunk;
  readonly #columns: DuckDBValue[][] = NAMES.map(() => []);
  readonly #resources = new Map<string, { readonly id: number; readonly service: string }>();
  #total = 0;

  private constructor(evidence: EvidenceWriter, table: string, waiting: string, appender: DuckDBAppender) {
    this.#evidence = evidence;
    this.#table = table;
    this.#waiting = waiting;
    this.#appender = appender;
    this.#chunk = DuckDBDataChunk.create(NAMES.map((_, index) => appender.columnType(index)));
  }

  static async create(evidence: EvidenceWriter, table: 'recording' | 'archive'): Promise<SpanTable> {
    const waiting = `${table}_waiting`;
    await evidence.connection.run(`CREATE OR REPLACE TABLE ${waiting} (${columnList(WAITING)})`);
    return new SpanTable(evidence, table, waiting, await evidence.connection.createAppender(waiting));
  }

  /** Spans added so far, duplicates included. */
  get total(): number {
    return this.#total;
  }

  add(span: DecodedSpan): void {
    const { traceId, spanId, parentId, columns } = span;
    const row: DuckDBValue[] = [
      traceId[0],
      traceId[1],
      traceId[2],
      traceId[3],
      spanId[0],
      spanId[1],
      parentId[0],
      parentId[1],
      this.#resourceId(span.resource),
      span.kind,
      span.status,
      columns.httpStatus ?? 0,
      span.startUs,
      span.endUs,
      span.name,
      span.statusMessage,
      columns.httpRoute,
      columns.urlPath,
      columns.peerService,
      columns.dbSystem,
      span.attributes,
      span.events === '' ? null : span.events,
      span.traceState === '' ? null : span.traceState,
      this.#total,
    ];
    for (let index = 0; index < row.length; index++) this.#columns[index]?.push(row[index] ?? null);
    this.#total += 1;
    if (this.#columns[0]?.length === CHUNK) this.#appendChunk();
  }

  /**
   * Writes the Parquet file and ends the table.
   * @param once write a span that was added several times only once
   * @param others a query whose rows are written as well
   */
  async save(once = false, others?: string): Promise<void> {
    this.#appendChunk();
    this.#appender.closeSync();
    const resources = `${this.#table}_resources`;
    const writer = await this.#evidence.openTable<object>(resources, {
      id: 'INTEGER',
      service: 'VARCHAR',
      json: 'VARCHAR',
    });
    for (const [json, { id, service }] of this.#resources) writer.write({ id, service, json });
    writer.close();
    const select = this.#select(resources, once);
    await this.#evidence.save(this.#table, others === undefined ? select : `${select} UNION ALL ${others}`);
    await this.#evidence.connection.run(`DROP TABLE ${resources}; DROP TABLE ${identifier(this.#waiting)}`);
  }

  #resourceId({ json, service }: Resource): number {
    const known = this.#resources.get(json);
    if (known !== undefined) return known.id;
    const id = this.#resources.size;
    this.#resources.set(json, { id, service });
    return id;
  }

  #appendChunk(): void {
    if (this.#columns[0]?.length === 0) return;
    this.#chunk.reset();
    this.#chunk.setColumns(this.#columns);
    this.#appender.appendDataChunk(this.#chunk);
    for (const column of this.#columns) column.length = 0;
  }

  #select(resources: string, once: boolean): string {
    const names = (list: readonly string[], column: string) =>
      `coalesce([${list.map(literal).join(', ')}][${column} + 1], ${literal(list[0] ?? '')})`;
    // In the waiting rows NULL stands for none, which costs nothing; only of the recording is it known.
    const added =
      this.#table === 'recording'
        ? ", coalesce(w.trace_state, '') AS trace_state, w.arrival::BIGINT AS arrival"
        : '';
    const distinct = once ? 'DISTINCT ON (t0, t1, t2, t3, s0, s1)' : '';
    const from = `SELECT ${distinct} * FROM ${identifier(this.#waiting)}`;
    return `
      SELECT printf('%08x%08x%08x%08x', t0, t1, t2, t3) AS trace_id,
        printf('%08x%08x', s0, s1) AS span_id,
        CASE WHEN p0 <> 0 OR p1 <> 0 THEN printf('%08x%08x', p0, p1) END AS parent_id,
        r.service, w.name, ${names(KINDS, 'w.kind')} AS kind,
        w.start_us::BIGINT AS start_us, w.end_us::BIGINT AS end_us, ${names(STATUSES, 'w.status')} AS status,
        w.status_message, w.http_route, nullif(w.http_status, 0)::INTEGER AS http_status, w.url_path,
        w.peer_service, w.db_system, w.attributes, coalesce(w.events, '[]') AS events, r.json AS resource${added}
      FROM (${from}) w JOIN ${resources} r ON r.id = w.resource_id`;
  }
}
