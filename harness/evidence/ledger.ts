/** The ledger: every planned request, and what the load driver says became of it. */
import type { LoadRecord, PhaseName, PlannedRequest } from '../contracts.ts';
import type { TableWriter } from './table-writer.ts';
import type { EvidenceWriter } from './writer.ts';

export interface LedgerGathered {
  readonly planned: number;
  /** Records that belong to a planned request, each request counted once. */
  readonly recorded: number;
  /** Records whose trace id was not planned. */
  readonly unplanned: number;
  /** Records beyond the first of their trace id; the first is kept. */
  readonly duplicates: number;
  /** What of this makes the ledger doubtful; empty when each planned request has exactly one record. */
  readonly doubts: readonly string[];
}

/** Columns in which a planned request waits for its record. */
const PLANNED = {
  seq: 'BIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  phase: 'VARCHAR',
  route: 'VARCHAR',
  method: 'VARCHAR',
  path: 'VARCHAR',
} as const;

const RECORDED = {
  trace_id: 'VARCHAR',
  due_us: 'BIGINT',
  sent_us: 'BIGINT',
  latency_us: 'BIGINT',
  status: 'INTEGER',
  error: 'VARCHAR',
  bytes_in: 'BIGINT',
} as const;

type Planned = TableWriter<Record<keyof typeof PLANNED, string | number>>;
type Recorded = TableWriter<Record<keyof typeof RECORDED, string | number | null>>;

export class LedgerGatherer {
  readonly #evidence: EvidenceWriter;
  readonly #planned: Planned;
  readonly #recorded: Recorded;

  private constructor(evidence: EvidenceWriter, planned: Planned, recorded: Recorded) {
    this.#evidence = evidence;
    this.#planned = planned;
    this.#recorded = recorded;
  }

  static async create(evidence: EvidenceWriter): Promise<LedgerGatherer> {
    return new LedgerGatherer(
      evidence,
      await evidence.openTable('ledger_planned', PLANNED),
      await evidence.openTable('ledger_recorded', RECORDED),
    );
  }

  plan(request: PlannedRequest, phase: PhaseName): void {
    const { seq, traceId, spanId, route, method, path } = request;
    this.#planned.write({ seq, trace_id: traceId, span_id: spanId, phase, route, method, path });
  }

  record(record: LoadRecord): void {
    this.#recorded.write({
      trace_id: record.traceId,
      due_us: record.dueUs,
      sent_us: record.sentUs,
      latency_us: record.latencyUs,
      status: record.status,
      error: record.error,
      bytes_in: record.bytesIn,
    });
  }

  /** Joins plan and records and writes ledger.parquet. */
  async finish(): Promise<LedgerGathered> {
    this.#planned.close();
    this.#recorded.close();
    const { connection } = this.#evidence;
    await connection.run(`
      CREATE TABLE ledger AS
      WITH first AS (
        SELECT * FROM ledger_recorded
        QUALIFY row_number() OVER (PARTITION BY trace_id ORDER BY sent_us) = 1)
      SELECT p.*, r.* EXCLUDE (trace_id)
      FROM ledger_planned p LEFT JOIN first r ON r.trace_id = p.trace_id`);
    const reader = await connection.runAndReadAll(`
      SELECT count(*) AS planned, count(sent_us) AS recorded,
        (SELECT count(*) FROM ledger_recorded WHERE trace_id NOT IN (SELECT trace_id FROM ledger_planned)) AS unplanned,
        (SELECT count(*) - count(DISTINCT trace_id) FROM ledger_recorded) AS duplicates
      FROM ledger`);
    const [planned = 0, recorded = 0, unplanned = 0, duplicates = 0] = (reader.getRowsJS()[0] ?? []).map(
      Number,
    );
    await this.#evidence.save('ledger', 'FROM ledger ORDER BY seq');
    await connection.run('DROP TABLE ledger_planned; DROP TABLE ledger_recorded');
    const doubts: string[] = [];
    if (recorded < planned)
      doubts.push(`${planned - recorded} of ${planned} planned requests have no record of the driver`);
    if (unplanned > 0) doubts.push(`${unplanned} records of the driver belong to no planned request`);
    if (duplicates > 0)
      doubts.push(`${duplicates} records of the driver are the second or a later one of their request`);
    return { planned, recorded, unplanned, duplicates, doubts };
  }
}
