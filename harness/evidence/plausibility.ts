/** Rows that cannot be what the run left: they prove nothing well, though a failure that others show still stands. */
import type { Doubt, Evidence, Source } from '../contracts.ts';

/** How far from the phases an instant may lie: the stack starts before them, and the traces settle after them. */
const MARGIN_US = 600_000_000;

/** What is wrong with rows, to be read after their number; SQL that is NULL, or false, for a row that is sound. */
type Checks = Readonly<Record<string, string>>;

const among = (column: string, values: readonly string[]): string =>
  `coalesce(${column} NOT IN (${values.map((value) => `'${value}'`).join(', ')}), true)`;
const isNull = (...columns: readonly string[]): string =>
  columns.map((column) => `${column} IS NULL`).join(' OR ');
const isOutside = (column: string): string =>
  `${column} NOT BETWEEN $from::BIGINT - ${MARGIN_US} AND $until::BIGINT + ${MARGIN_US}`;

const SPANS: Checks = {
  'spans lack an id, a name or a time': `${isNull('service', 'name', 'start_us', 'end_us')}
     OR coalesce(length(trace_id) <> 32 OR length(span_id) <> 16, true)`,
  'spans lack their attributes, events or resource': isNull('attributes', 'events', 'resource'),
  'spans are of an unknown kind or status': `${among('kind', ['internal', 'server', 'client', 'producer', 'consumer', 'unspecified'])}
     OR ${among('status', ['unset', 'ok', 'error'])}`,
  'spans end before they begin': 'end_us < start_us',
  'spans lie ten minutes or more outside the run': `${isOutside('start_us')} OR ${isOutside('end_us')}`,
};

const CHECKS: Readonly<Record<Exclude<Source, 'books'>, Checks>> = {
  recording: SPANS,
  archive: SPANS,
  ledger: {
    'requests lack what was planned': isNull(
      'seq',
      'trace_id',
      'span_id',
      'phase',
      'route',
      'method',
      'path',
    ),
    // Without a status there is no record at all.
    'requests have half a record': `(status IS NULL) <> (sent_us IS NULL) OR (status IS NULL) <> (due_us IS NULL)
       OR (status IS NULL) <> (latency_us IS NULL)`,
    'requests ended before they were sent': 'latency_us < 0',
    'requests lie ten minutes or more outside the run': isOutside('sent_us'),
  },
  gauges: { 'measurements are incomplete': isNull('at_us', 'part', 'metric', 'labels', 'value') },
  timeline: { 'events are incomplete': isNull('at_us', 'kind', 'name', 'event') },
};

/** The doubts on rows that are impossible, source by source. Needs one pass over each table. */
export async function impossibleRows(evidence: Evidence): Promise<readonly Doubt[]> {
  const { phases } = evidence.run;
  // A run that was cut short before its first phase has no time to lie in.
  const bounds = {
    from: Math.min(...phases.map(({ startUs }) => startUs)),
    until: Math.max(...phases.map(({ endUs }) => endUs)),
  };
  const doubts: Doubt[] = [];
  for (const [source, checks] of Object.entries(CHECKS) as [keyof typeof CHECKS, Checks][]) {
    if (!evidence.sources.has(source)) continue;
    const used = Object.entries(checks).filter(([, sql]) => phases.length > 0 || !sql.includes('$from'));
    const counts = used.map(([, sql], index) => `count(*) FILTER (WHERE ${sql}) AS n${index}`);
    const statement = `SELECT ${counts.join(', ')} FROM ${source}`;
    const [row] = await evidence.query<Record<string, number>>(
      statement,
      statement.includes('$from') ? bounds : {},
    );
    used.forEach(([what], index) => {
      const count = row?.[`n${index}`] ?? 0;
      if (count > 0) doubts.push({ source, what: `${count} ${what}` });
    });
  }
  return [...doubts, ...(await reusedIds(evidence))];
}

/** A span that is delivered twice is the same both times. */
async function reusedIds(evidence: Evidence): Promise<readonly Doubt[]> {
  if (!evidence.sources.has('recording')) return [];
  const [repeated] = await evidence.query<{ any: boolean }>(
    'SELECT (SELECT count(*) FROM recording) <> (SELECT coalesce(sum(spans), 0) FROM traces) AS any',
  );
  if (!repeated?.any) return [];
  const differ = ['service', 'name', 'start_us', 'end_us', 'parent_id'].map(
    (column) => `min(${column}) IS DISTINCT FROM max(${column}) OR count(${column}) NOT IN (0, count(*))`,
  );
  const [row] = await evidence.query<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM recording WHERE span_id IS NOT NULL
       GROUP BY trace_id, span_id HAVING count(*) > 1 AND (${differ.join(' OR ')}))`,
  );
  const count = row?.n ?? 0;
  return count === 0 ? [] : [{ source: 'recording', what: `${count} span ids stand for different spans` }];
}
