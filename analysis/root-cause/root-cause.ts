import type { Evidence } from '../../harness/contracts.ts';
import { type BlameRow, blameSql, type SpanTable } from './blame-sql.ts';
import { rank, type Suspect } from './rank.ts';

/** The finest bins of time, and how many there are at most: a long run gets wider ones. */
const BIN_US = 500_000;
const MOST_BINS = 400;

export interface NamedSuspect extends Suspect {
  /** The declared edge with these ends; null when the system declares none, or it is a service itself (both ends the same). */
  readonly edge: string | null;
  readonly fromUs: number;
  readonly untilUs: number;
}

/** What a suspect is called: the edge's id, its ends where the system declares none, or the service itself. */
export function nameOf({ edge, caller, callee }: NamedSuspect): string {
  if (caller === callee) return `${caller} itself`;
  return edge ?? `${caller} -> ${callee}`;
}

export interface RootCause {
  readonly table: SpanTable;
  readonly spans: number;
  /** The likeliest cause first; empty: the spans show no trouble that an edge explains. */
  readonly suspects: readonly NamedSuspect[];
}

/**
 * Ranks the edges, and services themselves, that explain a run's trouble, from its spans alone: neither the timeline nor the phases, nor what was
 * injected, is looked at. The declared edges serve only as names.
 * @param table `archive`: what a sampling pipeline has kept, as in production
 */
export async function rootCause(evidence: Evidence, table: SpanTable): Promise<RootCause> {
  const [range] = await evidence.query<{ spans: number; fromUs: number | null; untilUs: number | null }>(
    `SELECT count(*) AS spans, min(start_us) AS "fromUs", max(start_us) AS "untilUs" FROM ${table}`,
  );
  const { spans, fromUs, untilUs } = range ?? { spans: 0, fromUs: null, untilUs: null };
  if (fromUs === null || untilUs === null) return { table, spans: 0, suspects: [] };
  const binUs = Math.max(BIN_US, Math.ceil((untilUs - fromUs) / MOST_BINS));
  const suspects = rank(await evidence.query<BlameRow>(blameSql(table, binUs)));
  const { edges } = evidence.run.system;
  return {
    table,
    spans,
    suspects: suspects.map((suspect) => ({
      ...suspect,
      edge: edges.find(({ from, to }) => from === suspect.caller && to === suspect.callee)?.id ?? null,
      fromUs: fromUs + suspect.cluster.from * binUs,
      untilUs: fromUs + suspect.cluster.until * binUs,
    })),
  };
}
