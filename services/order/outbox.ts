import type { PoolClient } from 'pg';
import { PgBoss } from 'pg-boss';
import type { Database } from '../lib/database.ts';
import { repeatedly } from '../lib/repeatedly.ts';
import { createRetry } from '../lib/retry.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { TOPICS, type Topic } from './store.ts';

/** A row of the outbox, as its worker gets it. */
export interface OutboxEntry {
  readonly id: number;
  readonly topic: Topic;
  readonly orderId: string;
  readonly customerId: string;
  readonly kind: string | null;
  /** Trace context of the request that wrote it. */
  readonly traceparent: string | null;
}

export interface OutboxOptions {
  readonly database: Database;
  /**
   * Does what entries of one topic ask for; may be called twice for the same. Resolves to what became of each, in their
   * order; it is called again later for those that are rejected.
   */
  work(topic: Topic, entries: readonly OutboxEntry[]): Promise<readonly PromiseSettledResult<void>[]>;
  readonly everyMs: number;
}

/** Entries in work at the same time, by topic. */
const BATCH = 50;
/** After a batch in which something failed: whoever is in trouble is not asked by hundreds of jobs at once. */
const PAUSE_MS = 1000;

const QUEUE = {
  retryLimit: 10_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 4,
  // A job whose answer got lost is tried again soon; longer than the work on it may take, see tasks.ts.
  expireInSeconds: 10,
};
/** How often jobs are looked for that have expired, in seconds. */
const SUPERVISE_S = 3;

/** For what says that a job is done, or failed: or else it waits until it expires, and is done twice. */
const again = createRetry(() => true);

const WAITING = { name: 'outbox_waiting', text: 'SELECT FROM outbox WHERE queued_at IS NULL LIMIT 1' };
const MOVE = {
  name: 'outbox_move',
  text: `UPDATE outbox SET queued_at = now()
WHERE id IN (SELECT id FROM outbox WHERE queued_at IS NULL ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING id::int, topic, order_id AS "orderId", kind, traceparent,
  (SELECT customer_id FROM orders WHERE orders.id = order_id) AS "customerId"`,
};
const DONE = { name: 'outbox_done', text: 'UPDATE outbox SET done_at = now() WHERE id = ANY ($1::bigint[])' };

/**
 * A transactional outbox: a request writes what is to be done later together with its order; here it becomes a job of
 * pg-boss, in one transaction with the mark that it did, and is worked on until it succeeds. So nothing is lost when
 * a callee, or this process, is down; but something may be done twice.
 */
export async function startOutbox({ database, work, everyMs }: OutboxOptions): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.withClient((client) => client.query(text, values)) },
    schema: 'jobs',
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_S,
    reindex: false,
    monitorVacuum: false,
    // Its spans would be a trace for each look into a queue.
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => console.error(`jobs: ${error.message}`));
  await boss.start();
  for (const topic of TOPICS) await boss.createQueue(topic, QUEUE);
  onShutdown('jobs', 2000, () => boss.stop({ graceful: false }));
  repeatedly('outbox', everyMs, () => relay(boss, database));
  for (const topic of TOPICS) repeatedly(topic, everyMs, () => workOn(boss, database, topic, work));
}

/** Makes jobs of the entries that are none yet. */
async function relay(boss: PgBoss, database: Database): Promise<undefined> {
  if ((await database.query(WAITING)).length === 0) return undefined;
  await database.withClient(async (client) => {
    // When something fails the connection is closed, and so all is rolled back.
    await client.query('BEGIN');
    const { rows } = await client.query<OutboxEntry>(MOVE);
    for (const topic of TOPICS) {
      const jobs = rows.filter((entry) => entry.topic === topic).map((entry) => ({ data: entry }));
      if (jobs.length > 0) await boss.insert(topic, jobs, { db: executorOf(client) });
    }
    await client.query('COMMIT');
  });
  return undefined;
}

function executorOf(client: PoolClient) {
  return { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
}

/** Works on one batch of a topic; resolves to the milliseconds after which the next is due, if it is not the usual. */
async function workOn(
  boss: PgBoss,
  database: Database,
  topic: Topic,
  work: OutboxOptions['work'],
): Promise<number | undefined> {
  const jobs = await boss.fetch<OutboxEntry>(topic, { batchSize: BATCH });
  if (jobs.length === 0) return undefined;
  const outcomes = await work(
    topic,
    jobs.map((job) => job.data),
  );
  const done = jobs.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  const failed = jobs.filter((_, index) => outcomes[index]?.status !== 'fulfilled');
  if (done.length > 0) {
    await again(() => database.query(DONE, [done.map((job) => job.data.id)]));
    await again(() =>
      boss.complete(
        topic,
        done.map((job) => job.id),
      ),
    );
  }
  if (failed.length === 0) return jobs.length === BATCH ? 0 : undefined;
  await again(() =>
    boss.fail(
      topic,
      failed.map((job) => job.id),
    ),
  );
  return PAUSE_MS;
}
