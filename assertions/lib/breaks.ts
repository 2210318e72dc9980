import { EXAMPLES, one } from '../../analysis/lib/query.ts';
import type { Evidence } from '../../harness/contracts.ts';
import { count, number } from './text.ts';

/** One way in which traces are broken. */
export interface Break {
  /** Also the name of its figure. */
  readonly id: string;
  readonly count: number;
  /** `12 orphan spans`, with where they are. */
  readonly description: string;
  readonly examples: readonly string[];
}

interface Kind {
  readonly id: string;
  /** To be read after the number. */
  readonly one: string;
  readonly many: string;
  /**
   * A statement with the columns trace_id, place (what the description groups by, or null) and key (what is counted,
   * each once in its trace, however often it was delivered). It may use the named subqueries of WITH and the
   * parameters below.
   */
  readonly sql: string;
}

/** `requests` are the ledger's, `joined` recorded spans with the client's span of their request. */
const WITH = `WITH
  internal AS (SELECT unnest(from_json($internal, '["VARCHAR"]')) AS service),
  probes AS (SELECT unnest(from_json($probes, '["VARCHAR"]')) AS path),
  load AS (SELECT min(sent_us) AS start_us, max(sent_us + coalesce(latency_us, 0)) AS end_us FROM ledger),
  joined AS (SELECT r.*, l.span_id AS client_span FROM recording r JOIN ledger l ON l.trace_id = r.trace_id)`;

/** An entry span: what the entry service recorded of the client's request. */
const ENTRY = `parent_id = client_span AND service = $entry AND kind = 'server'`;

const KINDS: readonly Kind[] = [
  {
    // A request without an answer may have been refused before any service saw it; one with an answer was served.
    id: 'answeredWithoutSpan',
    one: 'answered request without a span',
    many: 'answered requests without a span',
    sql: `SELECT l.trace_id, l.route AS place, NULL AS key FROM ledger l
          WHERE l.status > 0 AND NOT EXISTS (SELECT 1 FROM recording r WHERE r.trace_id = l.trace_id)`,
  },
  {
    id: 'withoutRoot',
    one: 'trace without its entry span',
    many: 'traces without their entry span',
    sql: `SELECT trace_id, NULL AS place, NULL AS key FROM joined GROUP BY trace_id HAVING NOT bool_or(${ENTRY})`,
  },
  {
    id: 'severalRoots',
    one: 'trace with several roots',
    many: 'traces with several roots',
    sql: `SELECT trace_id, NULL AS place, NULL AS key FROM joined WHERE parent_id IS NULL OR parent_id = client_span
          GROUP BY trace_id HAVING count(DISTINCT span_id) > 1`,
  },
  {
    id: 'orphanSpans',
    one: 'orphan span',
    many: 'orphan spans',
    sql: `SELECT o.trace_id, o.service AS place, o.span_id AS key FROM orphans o JOIN ledger l ON l.trace_id = o.trace_id
          WHERE o.parent_id <> l.span_id`,
  },
  {
    // A service was called under load, and what it recorded has no parent: the hop to it lost the context. Work of a
    // service's own (a timer, a queue) begins with another kind of span; probes may come without a context.
    id: 'begunInside',
    one: 'trace that began inside the system',
    many: 'traces that began inside the system',
    sql: `SELECT r.trace_id, r.service AS place, NULL AS key FROM recording r, load
          WHERE r.parent_id IS NULL AND r.kind = 'server'
            AND r.start_us BETWEEN load.start_us AND load.end_us
            AND r.service IN (SELECT service FROM internal)
            AND coalesce(r.url_path, '') NOT IN (SELECT path FROM probes)`,
  },
  {
    // Without a status the caller gave up or was refused, and the callee may never have seen the call.
    id: 'hopsNotJoined',
    one: 'answered call without the span of the callee',
    many: 'answered calls without the span of the callee',
    sql: `SELECT c.trace_id, c.edge AS place, c.span_id AS key FROM calls c
          WHERE c.http_status IS NOT NULL AND c.server_span_id IS NULL
            AND c.callee IN (SELECT service FROM internal)
            AND EXISTS (SELECT 1 FROM ledger l WHERE l.trace_id = c.trace_id)`,
  },
  {
    id: 'archivedInPart',
    one: 'trace archived in part',
    many: 'traces archived in part',
    sql: `SELECT trace_id, lost_stage AS place, NULL AS key FROM fate WHERE observed = 'part'`,
  },
  {
    id: 'archivedOrphans',
    one: 'orphan span in the archive',
    many: 'orphan spans in the archive',
    sql: `SELECT a.trace_id, a.service AS place, a.span_id AS key FROM archive a JOIN ledger l ON l.trace_id = a.trace_id
          WHERE a.parent_id IS NOT NULL AND a.parent_id <> l.span_id
            AND NOT EXISTS (SELECT 1 FROM archive p WHERE p.trace_id = a.trace_id AND p.span_id = a.parent_id)`,
  },
];

/** Kinds of break that the archive shows, and that its being read too early can feign. */
export const OF_THE_ARCHIVE: readonly string[] = ['archivedInPart', 'archivedOrphans'];

/** Looks for each kind of break; all kinds are returned, those that do not occur with count 0. */
export async function findBreaks(evidence: Evidence, probes: readonly string[]): Promise<Break[]> {
  const { services, entry } = evidence.run.system;
  const internal = Object.keys(services).filter((name) => services[name]?.kind === 'internal');
  const available = { entry, internal: JSON.stringify(internal), probes: JSON.stringify(probes) };
  const breaks: Break[] = [];
  for (const kind of KINDS) breaks.push(await findBreak(evidence, kind, available));
  return breaks;
}

async function findBreak(
  evidence: Evidence,
  { id, one: singular, many, sql }: Kind,
  available: Readonly<Record<string, string>>,
): Promise<Break> {
  const statement = `${WITH}, broken AS (SELECT DISTINCT trace_id, place, key FROM (${sql}))`;
  // A parameter that the statement does not use is an error.
  const parameters = Object.fromEntries(
    Object.entries(available).filter(([name]) => statement.includes(`$${name}`)),
  );
  const { total } = await one<{ total: number }>(
    evidence,
    `${statement} SELECT count(*) AS total FROM broken`,
    parameters,
  );
  if (total === 0) return { id, count: 0, description: count(0, singular, many), examples: [] };
  const places = await evidence.query<{ place: string; count: number }>(
    `${statement} SELECT place, count(*) AS count FROM broken WHERE place IS NOT NULL
     GROUP BY place ORDER BY count DESC, place LIMIT 5`,
    parameters,
  );
  const examples = await evidence.query<{ trace_id: string }>(
    `${statement} SELECT DISTINCT trace_id FROM broken ORDER BY trace_id LIMIT ${EXAMPLES}`,
    parameters,
  );
  const where = places.map((row) => `${row.place} ${number(row.count)}`).join(', ');
  return {
    id,
    count: total,
    description: `${count(total, singular, many)}${where === '' ? '' : ` (${where})`}`,
    examples: examples.map((row) => row.trace_id),
  };
}
