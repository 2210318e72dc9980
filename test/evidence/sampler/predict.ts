/** What the oracle predicts for a few spans, for unit tests. */
import { tmpdir } from 'node:os';
import { stringify } from 'yaml';
import type { SpanRow } from '../../../harness/contracts.ts';
import { openDatabase } from '../../../harness/evidence/database.ts';
import { queryRows } from '../../../harness/evidence/query.ts';
import { predictionSql } from '../../../harness/evidence/sampler/compile.ts';
import { readSampling } from '../../../harness/evidence/sampler/config.ts';
import { ADDED_TO_RECORDING, columnList, literal, TABLES } from '../../../harness/evidence/tables.ts';

export interface SpanInput {
  readonly trace?: string;
  /** Milliseconds from START_US. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Instead of START_US. */
  readonly startUs?: number;
  readonly status?: SpanRow['status'];
  readonly message?: string | null;
  readonly name?: string;
  readonly kind?: SpanRow['kind'];
  readonly parent?: string | null;
  readonly attributes?: object | string;
  readonly resource?: object;
  readonly traceState?: string | null;
}

const START_US = 1_760_000_000_000_000;

/** A Collector configuration with these policies. */
export function configurationOf(policies: readonly object[], settings: object = {}): string {
  return stringify({
    processors: { tail_sampling: { policies, ...settings } },
    service: {
      pipelines: { traces: { receivers: ['otlp'], processors: ['tail_sampling'], exporters: ['otlp'] } },
    },
  });
}

/**
 * What the policies decide for the traces of these spans, by trace id: `keep`, `drop` or `unknown`, and the policy.
 * @param columns of the recording; those of an earlier version have no trace state
 */
export async function predict(
  policies: readonly object[],
  spans: readonly SpanInput[],
  columns: Readonly<Record<string, string>> = { ...TABLES.recording, ...ADDED_TO_RECORDING },
): Promise<Record<string, string>> {
  const database = await openDatabase(':memory:', tmpdir());
  try {
    await database.run(`CREATE TABLE recording (${columnList(columns)})`);
    for (const [index, span] of spans.entries()) {
      const row = { ...rowOf(span), span_id: literal(index.toString(16).padStart(16, '0')) };
      const cells = Object.entries(row).filter(([name]) => Object.hasOwn(columns, name));
      await database.run(
        `INSERT INTO recording BY NAME SELECT ${cells.map(([name, sql]) => `${sql} AS ${name}`).join(', ')}`,
      );
    }
    const rows = await queryRows<{ trace_id: string; predicted: string; policy: string | null }>(
      database.connection,
      predictionSql(readSampling(configurationOf(policies)).policies),
    );
    return Object.fromEntries(
      rows.map(({ trace_id, predicted, policy }) => [
        trace_id.replace(/0+$/, ''),
        policy === null ? predicted : `${predicted} by ${policy}`,
      ]),
    );
  } finally {
    database.close();
  }
}

/** The only trace's prediction. */
export async function only(policies: readonly object[], ...spans: SpanInput[]): Promise<string | undefined> {
  return (await predict(policies, spans))['f'];
}

function rowOf(span: SpanInput): Record<string, string> {
  const { trace = 'f', fromMs = 0, toMs = 1, startUs = START_US, attributes = {} } = span;
  const text = (value: string | null) => (value === null ? 'NULL' : literal(value));
  return {
    trace_id: literal(trace.padEnd(32, '0')),
    parent_id: text(span.parent ?? null),
    name: literal(span.name ?? 'span'),
    kind: literal(span.kind ?? 'server'),
    start_us: `${startUs + Math.round(fromMs * 1000)}::BIGINT`,
    end_us: `${startUs + Math.round(toMs * 1000)}::BIGINT`,
    status: literal(span.status ?? 'unset'),
    status_message: text(span.message ?? null),
    attributes: literal(typeof attributes === 'string' ? attributes : JSON.stringify(attributes)),
    resource: literal(JSON.stringify(span.resource ?? {})),
    trace_state: text(span.traceState === undefined ? '' : span.traceState),
  };
}
