/**
 * The columns of the evidence tables, as DuckDB and Parquet store them. Each table is one file of `<run>/evidence/`
 * and one row type of harness/contracts.ts; the order of the columns here is the order in the file.
 */

export type ColumnType = 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN';

/** Column name -> type. */
export type Columns = Readonly<Record<string, ColumnType>>;

const SPAN: Columns = {
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  parent_id: 'VARCHAR',
  service: 'VARCHAR',
  name: 'VARCHAR',
  kind: 'VARCHAR',
  start_us: 'BIGINT',
  end_us: 'BIGINT',
  status: 'VARCHAR',
  status_message: 'VARCHAR',
  http_route: 'VARCHAR',
  http_status: 'INTEGER',
  url_path: 'VARCHAR',
  peer_service: 'VARCHAR',
  db_system: 'VARCHAR',
  attributes: 'VARCHAR',
  events: 'VARCHAR',
  resource: 'VARCHAR',
};

/** Columns of a recording that those of earlier versions lack: who needs one says what is not known without it. */
export const ADDED_TO_RECORDING: Columns = { trace_state: 'VARCHAR', arrival: 'BIGINT' };

/** The tables that have fixed columns; the books come beside them, as `books_<name>`. */
export const TABLES = {
  ledger: {
    seq: 'BIGINT',
    trace_id: 'VARCHAR',
    span_id: 'VARCHAR',
    phase: 'VARCHAR',
    route: 'VARCHAR',
    method: 'VARCHAR',
    path: 'VARCHAR',
    due_us: 'BIGINT',
    sent_us: 'BIGINT',
    latency_us: 'BIGINT',
    status: 'INTEGER',
    error: 'VARCHAR',
    bytes_in: 'BIGINT',
  },
  recording: SPAN,
  archive: SPAN,
  timeline: {
    at_us: 'BIGINT',
    kind: 'VARCHAR',
    name: 'VARCHAR',
    event: 'VARCHAR',
    detail: 'VARCHAR',
  },
  gauges: {
    at_us: 'BIGINT',
    part: 'VARCHAR',
    metric: 'VARCHAR',
    labels: 'VARCHAR',
    value: 'DOUBLE',
  },
} as const satisfies Record<string, Columns>;

export type TableName = keyof typeof TABLES;

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(TABLES, name);
}

/** What `CREATE TABLE name (…)` takes between the parentheses. */
export function columnList(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, type]) => `${identifier(name)} ${type}`)
    .join(', ');
}

/** A name quoted as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text quoted as an SQL string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
