/**
 * Small but complete run folders for tests, written from a compact description.
 *
 *     const run = await makeRun();                    // a healthy run of 400 requests
 *     const evidence = await run.open();              // as the judge opens it
 *     …
 *     run.remove();                                   // closes the evidence and removes the folder
 *
 * For one question to it, `askRun(spec, (evidence) => …)` does all three.
 *
 * The system is a shop: api-gateway (entry), auth-service, order-service, payment-service, inventory-service,
 * notification-service, stripe-api, a database, and the edges of `SYSTEM`. The run has the phases baseline (20 s), fault (30 s) and
 * recovery (20 s) from `START_US` on, one fault (latency on `payment-to-stripe`, the whole fault phase), and 400 requests:
 * product reads, 10 % orders, 2 % health checks. In the fault phase the first `SLOW_ORDERS` orders wait 3 s for Stripe and
 * fail (503); the others fail at once (the breaker is open); the first order of the recovery is the breaker's probe. All other
 * requests succeed. The archive
 * holds exactly what the Collector configuration of the folder keeps.
 *
 * What a test can change, from coarse to fine:
 * - `requests`: the list of requests, made by hand or by changing `healthyRequests()`; each says route, phase and what
 *   happened to it (`RequestSpec`). The tables derive from it.
 * - `mutate(tables)`: the rows of ledger, recording, archive, timeline, gauges and books, just before they are
 *   written; change them in place. `tables.spansOf(seq)` gives the recorded spans of one request.
 * - `collectorConfig`, `jaegerConfig`: text of the configuration files. They do not change the archive's rows.
 * - `run`: properties of run.json that replace the default ones.
 * - `without`: sources that are missing (no file, and declared in run.json).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultWindow, Json, PlacedFault, RunRecord, Source } from '../../harness/contracts.ts';
import { type OpenEvidence, openEvidence } from '../../harness/evidence/store.ts';
import type { Columns } from '../../harness/evidence/tables.ts';
import { healthyRequests, type RequestSpec } from './fixture/requests.ts';
import { COLLECTOR_YAML, JAEGER_YAML, PHASES, runRecord } from './fixture/run.ts';
import { buildTables, type Tables } from './fixture/tables.ts';
import { writeTables } from './fixture/write.ts';

export { healthyRequests, type RequestSpec, SLOW_ORDERS } from './fixture/requests.ts';
export { COLLECTOR_YAML, JAEGER_YAML, PHASES, START_US, SYSTEM } from './fixture/run.ts';
export { type Tables, traceIdOf } from './fixture/tables.ts';

export interface RunSpec {
  /** Default: `healthyRequests()`. */
  readonly requests?: readonly RequestSpec[];
  mutate?(tables: Tables): void;
  readonly run?: Partial<RunRecord>;
  readonly collectorConfig?: string;
  readonly jaegerConfig?: string;
  readonly without?: readonly Source[];
  /** Rows of `books_<name>`; default: the orders that succeeded, as `books_orders`. */
  readonly books?: Readonly<Record<string, readonly Readonly<Record<string, Json>>[]>>;
  /** Columns by book, which a book without rows has too; default: those of its first row. */
  readonly bookColumns?: Readonly<Record<string, Columns>>;
}

export interface FixtureRun {
  readonly folder: string;
  readonly run: RunRecord;
  /** The rows as written. */
  readonly tables: Tables;
  readonly faults: readonly PlacedFault[];
  /** Opens the folder's evidence; `remove` closes it. */
  open(): Promise<OpenEvidence>;
  remove(): void;
}

/** Writes a run folder below the system's temporary folder. Same description, same folder content. */
export async function makeRun(spec: RunSpec = {}): Promise<FixtureRun> {
  const folder = mkdtempSync(join(tmpdir(), 'chaoscope-fixture-'));
  const requests = spec.requests ?? healthyRequests();
  const missing = Object.fromEntries(
    (spec.without ?? []).map((source) => [source, 'left out by the fixture']),
  );
  const run = { ...runRecord(requests.length), missing, ...spec.run };
  const tables = buildTables(requests, spec.books);
  spec.mutate?.(tables);
  await writeTables(folder, tables, spec.without ?? [], spec.bookColumns);
  mkdirSync(join(folder, 'configuration'));
  writeFileSync(join(folder, 'configuration', 'collector.yaml'), spec.collectorConfig ?? COLLECTOR_YAML);
  writeFileSync(join(folder, 'configuration', 'jaeger.yaml'), spec.jaegerConfig ?? JAEGER_YAML);
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run, null, 2));
  const faults = placedFaults(run);
  const opened: OpenEvidence[] = [];
  return {
    folder,
    run,
    tables,
    faults,
    async open() {
      const evidence = await openEvidence(folder, run, faults);
      opened.push(evidence);
      return evidence;
    },
    remove() {
      for (const evidence of opened.splice(0)) evidence.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the evidence of such a run answers; the run is gone then. */
export async function askRun<Answer>(
  spec: RunSpec,
  question: (evidence: OpenEvidence) => Promise<Answer>,
): Promise<Answer> {
  const run = await makeRun(spec);
  try {
    return await question(await run.open());
  } finally {
    run.remove();
  }
}

/** The run's faults; the proof compares the edge's calls in the window with those before it. */
function placedFaults(run: RunRecord): PlacedFault[] {
  const phase = PHASES.find(({ name }) => name === 'fault');
  return run.faults.map((placed): PlacedFault => {
    const edge = run.system.edges.find(({ id }) => id === placed.on);
    const { fromUs, untilUs } = placed;
    const window: FaultWindow | undefined =
      edge === undefined || fromUs === undefined || untilUs === undefined || phase === undefined
        ? undefined
        : { edge, fromUs, untilUs };
    return {
      on: placed.on,
      fault: {
        id: placed.id,
        title: `latency of ${placed.parameters['ms']} ms`,
        parameters: placed.parameters,
        apply: () => Promise.resolve(),
        revert: () => Promise.resolve(),
        inForce: () => Promise.resolve(true),
        async proof(evidence, { edge: { id }, fromUs: from, untilUs: until }) {
          const [row] = await evidence.query<{ during: number | null; outside: number | null }>(
            `SELECT max(end_us - start_us) FILTER (WHERE start_us BETWEEN $from AND $until) AS during,
                    max(end_us - start_us) FILTER (WHERE start_us NOT BETWEEN $from AND $until) AS outside
             FROM calls WHERE edge = $id`,
            { id, from, until },
          );
          const during = (row?.during ?? 0) / 1000;
          const outside = (row?.outside ?? 0) / 1000;
          return {
            held: during >= 1000 && outside < 1000,
            expected: 'a call of 1000 ms or more under the fault, and none outside it',
            observed: `longest call ${during} ms under the fault, ${outside} ms outside`,
            figures: { duringMs: during, outsideMs: outside },
          };
        },
      },
      ...(window === undefined ? {} : { window }),
    };
  });
}
