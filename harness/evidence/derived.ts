/** The derived tables of the evidence: what they are made of, and when they are built. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { RunRecord } from '../contracts.ts';
import { messageOf, UserError } from '../errors.ts';
import type { Loaded } from './load.ts';
import { predictionSql } from './sampler/compile.ts';
import type { Sampling } from './sampler/config.ts';
import { decidableSql } from './sampler/decidable.ts';
import { readMaxTraces } from './sampler/jaeger.ts';
import { unpredictedStages } from './sampler/predictable.ts';
import { readRunSampling } from './sampler/run-sampling.ts';
import { saltOf } from './sampler/salt.ts';
import { arrivalsSql } from './views/arrivals.ts';
import { callsSql } from './views/calls.ts';
import { conservationSql } from './views/conservation.ts';
import { fateSql } from './views/fate.ts';
import { lossesSql } from './views/losses.ts';
import { missingSpansSql } from './views/missing-spans.ts';
import { orphansSql } from './views/orphans.ts';
import { NO_OUTAGES, OUTAGES } from './views/outages.ts';
import { NO_RISES, risesSql } from './views/rises.ts';
import { tracesSql } from './views/traces.ts';
import { tracesInParts } from './views/traces-in-parts.ts';

/** Derived table -> tables that it is made of, built or loaded before it. */
const NEEDS = {
  calls: ['recording'],
  orphans: ['recording'],
  traces: ['recording', 'orphans'],
  prediction: ['recording', 'traces', 'losses'],
  outages: [],
  rises: ['outages'],
  losses: ['rises'],
  arrivals: ['recording'],
  missing_spans: ['ledger', 'recording', 'traces', 'calls', 'losses', 'outages'],
  fate: [
    'ledger',
    'recording',
    'archive',
    'traces',
    'prediction',
    'losses',
    'outages',
    'arrivals',
    'missing_spans',
  ],
  conservation: ['gauges', 'recording', 'archive', 'prediction', 'fate', 'rises', 'losses', 'outages'],
} as const satisfies Record<string, readonly string[]>;

type DerivedName = keyof typeof NEEDS;

/** Built trace by trace, so some traces at a time will do. */
type InParts = 'calls' | 'orphans';

export const DERIVED = Object.keys(NEEDS).filter(isDerived);

export class DerivedTables {
  readonly #connection: DuckDBConnection;
  readonly #runFolder: string;
  readonly #run: RunRecord;
  readonly #loaded: Loaded;
  readonly #built = new Set<string>();
  #sampling: Sampling | undefined;

  constructor(connection: DuckDBConnection, runFolder: string, run: RunRecord, loaded: Loaded) {
    this.#connection = connection;
    this.#runFolder = runFolder;
    this.#run = run;
    this.#loaded = loaded;
  }

  /** Empty until a query needed the sampler's configuration. */
  get warnings(): readonly string[] {
    return this.#sampling?.warnings ?? [];
  }

  /**
   * Builds the derived tables whose names occur in a statement, unless a source that they are made of is absent.
   * @throws UserError when the run's configuration is needed for it and cannot be read
   */
  async prepare(sql: string): Promise<void> {
    for (const table of DERIVED) {
      if (new RegExp(`\\b${table}\\b`, 'i').test(sql) && this.whyAbsent(table) === undefined)
        await this.#build(table);
    }
  }

  /** Why a table does not exist: the source that could not be gathered, and the reason; undefined when it does exist. */
  whyAbsent(table: string): string | undefined {
    const why = this.#loaded.absent.get(table);
    if (why !== undefined) return `${table} could not be gathered: ${why}`;
    if (!isDerived(table)) return undefined;
    return NEEDS[table].map((needed) => this.whyAbsent(needed)).find((reason) => reason !== undefined);
  }

  async #build(table: string): Promise<void> {
    if (!isDerived(table) || this.#built.has(table)) return;
    for (const needed of NEEDS[table]) await this.#build(needed);
    // A configuration that cannot be read has its own message.
    const sql = isInParts(table) ? undefined : this.#sqlOf(table);
    try {
      if (isInParts(table)) await this.#buildInParts(table);
      else await this.#connection.run(`CREATE TABLE ${table} AS ${sql}`);
    } catch (error) {
      throw new UserError(
        `the table ${table} cannot be made of the evidence in ${this.#runFolder}: ${firstLine(messageOf(error))}\n` +
          'A file of it is broken, or holds what no run leaves; run the scenario again.',
      );
    }
    this.#built.add(table);
  }

  /** Some traces at a time, so that what compares spans with spans of their trace never exceeds the memory. */
  async #buildInParts(table: InParts): Promise<void> {
    const sqlOf = (recording: string): string =>
      table === 'orphans' ? orphansSql(recording) : callsSql(this.#run.system.edges, recording);
    await this.#connection.run(`CREATE OR REPLACE TABLE ${table} AS ${sqlOf('recording')} LIMIT 0`);
    for (const part of await tracesInParts(this.#connection))
      await this.#connection.run(`INSERT INTO ${table} ${sqlOf(part)}`);
  }

  #sqlOf(table: Exclude<DerivedName, InParts>): string {
    switch (table) {
      case 'traces':
        return tracesSql(this.#run.system.entry);
      case 'prediction':
        return decidableSql(predictionSql(this.#readSampling().policies), this.#readSampling().decisionWaitS);
      case 'losses':
        return lossesSql();
      case 'rises':
        return this.#loaded.absent.has('gauges') ? NO_RISES : risesSql();
      case 'outages':
        return this.#loaded.absent.has('timeline') ? NO_OUTAGES : OUTAGES;
      case 'arrivals':
        return arrivalsSql();
      case 'missing_spans':
        return missingSpansSql(this.#run.system);
      case 'conservation':
        return conservationSql(this.#run.system.entry);
      case 'fate': {
        const sampling = this.#readSampling();
        return fateSql({
          promises: this.#run.system.promises,
          salt: saltOf(sampling.policies),
          unpredicted: unpredictedStages(sampling.policies),
          entry: this.#run.system.entry,
          searchLeftOut: searchLeftOut(this.#run),
          decisionWaitS: sampling.decisionWaitS,
          maxTraces: readMaxTraces(this.#configuration('jaeger.yaml')),
        });
      }
    }
  }

  #readSampling(): Sampling {
    this.#sampling ??= readRunSampling(this.#runFolder);
    return this.#sampling;
  }

  #configuration(name: string): string {
    const path = join(this.#runFolder, 'configuration', name);
    if (!existsSync(path))
      throw new UserError(`${path} is missing: without it the fate of traces cannot be told`);
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new UserError(`${path} cannot be read: ${messageOf(error)}`);
    }
  }
}

/** Whether the archive may hold traces that its search did not answer; see archive.ts and archive-lookup.ts. */
function searchLeftOut({ doubts }: RunRecord): boolean {
  return doubts.some((doubt) => doubt.searchLimit);
}

function isDerived(table: string): table is DerivedName {
  return Object.hasOwn(NEEDS, table);
}

function isInParts(table: DerivedName): table is InParts {
  return table === 'calls' || table === 'orphans';
}

/** What DuckDB says, without the data that it repeats. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
