import { EXAMPLES } from '../../analysis/lib/query.ts';
import type { Evidence, Finding } from '../../harness/contracts.ts';
import { count } from './text.ts';

/** One way in which the books are wrong. */
export interface FlawKind {
  /** Also the name of its figure. */
  readonly id: string;
  /** To be read after the number. */
  readonly one: string;
  readonly many: string;
  /** What to do about it. */
  readonly remedy: string;
  /**
   * A statement with the columns key (what is counted, each once) and trace_id (of an order concerned, or NULL), in
   * this order. It may use the named subqueries and the parameters that `findFlaws` is given.
   */
  readonly sql: string;
}

export interface Flaw {
  readonly id: string;
  readonly count: number;
  /** `2 orders still open`. */
  readonly description: string;
  readonly remedy: string;
  readonly examples: readonly string[];
}

/**
 * Looks for each kind of flaw; all kinds are returned, those that do not occur with count 0.
 * @param named `WITH a AS (…), b AS (…)`
 * @param parameters those that the statements use, and no others
 */
export async function findFlaws(
  evidence: Evidence,
  named: string,
  kinds: readonly FlawKind[],
  parameters: Readonly<Record<string, string | number>> = {},
): Promise<Flaw[]> {
  const rows = await evidence.query<{ kind: string; total: number; examples: string[] | null }>(
    `${named}, flaws (kind, key, trace_id) AS (
       ${kinds.map(({ id, sql }) => `SELECT '${id}', * FROM (${sql})`).join('\nUNION ALL ')})
     SELECT kind, count(DISTINCT coalesce(CAST(key AS VARCHAR), '')) AS total,
            list_sort(list(DISTINCT trace_id) FILTER (WHERE regexp_full_match(trace_id, '[0-9a-f]{32}')))[:${EXAMPLES}]
              AS examples
     FROM flaws GROUP BY kind`,
    parameters,
  );
  return kinds.map(({ id, one, many, remedy }) => {
    const found = rows.find(({ kind }) => kind === id);
    const total = found?.total ?? 0;
    return {
      id,
      count: total,
      description: count(total, one, many),
      remedy,
      examples: found?.examples ?? [],
    };
  });
}

/** What the numbers of an assertion say beside its flaws. */
export interface Tested {
  readonly expected: string;
  /** What is observed when there is no flaw. */
  readonly healthy: string;
  readonly figures: Finding['figures'];
  /** Why a run without a flaw proves nothing; undefined when it proves something. */
  readonly untested: string | undefined;
}

/** The finding: a flaw is a failure however little was tested; without one, what was not tested does not pass. */
export function findingOf(flaws: readonly Flaw[], { expected, healthy, figures, untested }: Tested): Finding {
  const found = flaws.filter((flaw) => flaw.count > 0);
  // Each kind has its share of the examples, so that a frequent one does not hide the others.
  const share = Math.ceil(EXAMPLES / Math.max(found.length, 1));
  const common = {
    expected,
    observed: found.length === 0 ? healthy : found.map(({ description }) => description).join(', '),
    figures: { ...figures, ...Object.fromEntries(flaws.map((flaw) => [flaw.id, flaw.count])) },
    examples: [...new Set(found.flatMap(({ examples }) => examples.slice(0, share)))].slice(0, EXAMPLES),
  };
  if (found.length > 0) {
    const because = found.map(({ description, remedy }) => `${description}: ${remedy}`).join('; ');
    return { verdict: 'fail', ...common, because };
  }
  return untested === undefined
    ? { verdict: 'pass', ...common }
    : { verdict: 'inconclusive', ...common, because: untested };
}
