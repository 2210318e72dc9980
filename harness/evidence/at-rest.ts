/** When the system has come to rest: what goes on after the last answer is done, so that the books are final. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { OpenWork, RunRecord } from '../contracts.ts';
import { messageOf } from '../errors.ts';

const POLL_MS = 500;
const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Work of which nothing was done for so long is not going on. */
const STUCK_S = 20;
const DEADLINE_S = 90;

export interface AtRestOptions {
  readonly openWork: readonly OpenWork[];
  /** Direct, not by a proxy; undefined when the system has no database. */
  readonly databaseUrl: string | undefined;
  readonly stuckS?: number;
  readonly deadlineS?: number;
  readonly signal?: AbortSignal;
}

/** Polls until all counts are 0, none has changed for 20 s, or 90 s are over. */
export async function atRest(options: AtRestOptions): Promise<NonNullable<RunRecord['atRest']>> {
  const { openWork, databaseUrl, stuckS = STUCK_S, deadlineS = DEADLINE_S, signal } = options;
  const started = performance.now();
  const elapsedS = (): number => Math.round(performance.now() - started) / 1000;
  let last: string | undefined;
  let changedS = 0;
  for (;;) {
    signal?.throwIfAborted();
    let open: string;
    try {
      if (databaseUrl === undefined) throw new Error('the system has no database');
      open = await openOf(openWork, databaseUrl);
    } catch (error) {
      open = `not known: ${messageOf(error)}`;
    }
    const waitedS = elapsedS();
    if (open === '') return { ok: true, waitedS, detail: 'nothing is under way any more' };
    if (open !== last) changedS = waitedS;
    last = open;
    if (waitedS - changedS >= stuckS) return { ok: false, waitedS, detail: `stuck for ${stuckS} s: ${open}` };
    if (waitedS >= deadlineS) return { ok: false, waitedS, detail: `not done after ${deadlineS} s: ${open}` };
    await delay(POLL_MS, undefined, { signal });
  }
}

/** `3 outbox entries, 1 open orders`; empty when there is nothing. */
async function openOf(openWork: readonly OpenWork[], databaseUrl: string): Promise<string> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found: string[] = [];
    for (const { title, sql } of openWork) {
      const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      const count = Number(rows[0]?.[0]);
      if (!Number.isFinite(count)) throw new Error(`the statement for ${title} yields no number`);
      if (count > 0) found.push(`${count} ${title}`);
    }
    return found.join(', ');
  } finally {
    await client.end();
  }
}
