import { EXAMPLES } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import { contractParameters, NAMED } from './contract-sql.ts';
import type { Flaw } from './flaws.ts';
import type { SpanContract } from './span-contract.ts';
import { count, number } from './text.ts';

interface Kind {
  /** Also the name of its figure. */
  readonly id: string;
  /** To be read after the number. */
  readonly one: string;
  readonly many: string;
  readonly remedy: string;
  /** A statement on the tables of NAMED with the columns trace_id, key (what is counted, each once) and place, in this order. */
  readonly sql: string;
}

const KINDS: readonly Kind[] = [
  {
    id: 'withoutRoot',
    one: 'request without its span',
    many: 'requests without their span',
    remedy: 'begin it as a child of the active SERVER span',
    sql: `SELECT trace_id, span_id, coalesce('answer ' || answer, 'no answer') FROM orders o
          WHERE NOT EXISTS (SELECT 1 FROM roots r WHERE r.trace_id = o.trace_id AND r.order_id = o.span_id)`,
  },
  {
    id: 'severalRoots',
    one: 'request with several of its spans',
    many: 'requests with several of their spans',
    remedy: 'begin it once a request',
    sql: `SELECT trace_id, order_id, NULL FROM roots
          GROUP BY trace_id, order_id HAVING count(DISTINCT span_id) > 1`,
  },
  {
    id: 'strayRoots',
    one: 'span elsewhere than below its request',
    many: 'spans elsewhere than below their request',
    remedy: 'begin it as a child of the active SERVER span',
    sql: `SELECT trace_id, span_id, name FROM spans s WHERE name = $root AND NOT EXISTS (
            SELECT 1 FROM orders o WHERE o.trace_id = s.trace_id AND o.span_id = s.parent_id)`,
  },
  {
    id: 'missingSteps',
    one: 'missing step',
    many: 'missing steps',
    remedy: 'each step is a span of its own, child of the root',
    sql: `SELECT r.trace_id, r.root_id || p.name, p.name FROM roots r
          JOIN step_list p ON CASE WHEN r.answer IN (SELECT answer FROM required)
            THEN EXISTS (SELECT 1 FROM required q WHERE q.answer = r.answer AND q.name = p.name)
            ELSE p.position = 1 END
          WHERE NOT EXISTS (
            SELECT 1 FROM reached x WHERE x.trace_id = r.trace_id AND x.root_id = r.root_id AND x.name = p.name)`,
  },
  {
    id: 'stepsOutOfTurn',
    one: 'step without one before it',
    many: 'steps without one before them',
    remedy: 'a step begins when those before it are done',
    sql: `SELECT x.trace_id, x.root_id || x.name, x.name || ' without ' || p.name FROM reached x
          JOIN step_list p ON p.position > 1 AND p.position < x.position
          WHERE coalesce(x.answer NOT IN (SELECT answer FROM required), true) AND NOT EXISTS (
            SELECT 1 FROM reached y WHERE y.trace_id = x.trace_id AND y.root_id = x.root_id AND y.name = p.name)`,
  },
  {
    id: 'repeatedSteps',
    one: 'repeated step',
    many: 'repeated steps',
    remedy: 'begin each step once; attempts within it are spans of another name',
    sql: `SELECT trace_id, root_id || name, name FROM reached WHERE times > 1`,
  },
  {
    id: 'unexpectedSteps',
    one: 'step that does not fit the answer',
    many: 'steps that do not fit the answer',
    remedy: 'the answer must say what was done',
    sql: `SELECT trace_id, root_id || name, name || ' at ' || answer FROM reached x
          WHERE answer IN (SELECT answer FROM required)
            AND NOT EXISTS (SELECT 1 FROM required q WHERE q.answer = x.answer AND q.name = x.name)`,
  },
  {
    id: 'wrongAttributes',
    one: 'missing or wrong attribute',
    many: 'missing or wrong attributes',
    remedy: 'set it as soon as its value is known',
    sql: `SELECT trace_id, span_id || key, name || ' ' || key FROM judged WHERE NOT valid`,
  },
  {
    id: 'differingAttributes',
    one: 'attribute that differs from that of the root',
    many: 'attributes that differ from those of the root',
    remedy: 'take both from one value',
    sql: `SELECT trace_id, span_id || key, name || ' ' || key FROM judged
          WHERE valid AND equals IS NOT NULL
            AND NOT coalesce(TRY_CAST(value AS DOUBLE) = TRY_CAST(other AS DOUBLE), value = other, false)`,
  },
  {
    id: 'errorsWithoutMessage',
    one: 'error without a message',
    many: 'errors without a message',
    remedy: 'set the status with the message of the error',
    sql: `SELECT trace_id, span_id, name FROM failed WHERE coalesce(trim(status_message), '') = ''`,
  },
  {
    id: 'errorsWithoutException',
    one: 'error without an exception event',
    many: 'errors without an exception event',
    remedy: 'record the exception on the span before it ends',
    sql: `SELECT trace_id, span_id, name FROM failed
          WHERE len(list_filter(from_json(coalesce(nullif(events, ''), '[]'), '["JSON"]'), lambda event:
            event->>'$.name' = 'exception' AND coalesce(
              nullif(event->>'$.attributes."exception.message"', ''),
              nullif(event->>'$.attributes."exception.type"', '')) IS NOT NULL)) = 0`,
  },
  {
    id: 'failuresNotMarked',
    one: 'failed answer (5xx) whose span has no error',
    many: 'failed answers (5xx) whose span has no error',
    remedy: 'give the root the status error when it fails',
    sql: `SELECT trace_id, root_id, 'answer ' || answer FROM roots WHERE answer BETWEEN 500 AND 599 AND NOT erred`,
  },
];

interface Row {
  readonly kind: string;
  readonly place: string | null;
  readonly count: number;
  readonly examples: readonly string[];
}

/** Looks for each way to break the contract; all are returned, those that do not occur with count 0. */
export async function contractFlaws(evidence: Evidence, contract: SpanContract): Promise<Flaw[]> {
  const rows = await evidence.query<Row>(
    `${NAMED}, flaws (kind, trace_id, key, place) AS (
       ${KINDS.map(({ id, sql }) => `SELECT '${id}', * FROM (${sql})`).join('\nUNION ALL ')})
     SELECT kind, place, count(DISTINCT trace_id || key) AS count,
            list_sort(list(DISTINCT trace_id))[:${EXAMPLES}] AS examples
     FROM flaws GROUP BY kind, place ORDER BY count DESC, place`,
    contractParameters(contract),
  );
  return KINDS.map(({ id, one, many, remedy }) => {
    const found = rows.filter(({ kind }) => kind === id);
    const total = found.reduce((sum, row) => sum + row.count, 0);
    const places = found.flatMap((row) => (row.place === null ? [] : [`${row.place} ${number(row.count)}`]));
    const where = places.length === 0 ? '' : ` (${places.slice(0, 5).join(', ')})`;
    const examples = [...new Set(found.flatMap((row) => row.examples))].sort();
    return { id, count: total, description: `${count(total, one, many)}${where}`, remedy, examples };
  });
}

/** Number of requests by the status of their answer; null = none is recorded. */
export function answersByStatus(
  evidence: Evidence,
  contract: SpanContract,
): Promise<{ answer: number | null; count: number }[]> {
  return evidence.query(
    `${NAMED}, used AS (SELECT (SELECT count(*) FROM rules), (SELECT count(*) FROM required))
     SELECT answer, count(DISTINCT trace_id || span_id) AS count FROM orders, used
     GROUP BY answer ORDER BY answer NULLS LAST`,
    contractParameters(contract),
  );
}
