/** The system under test. */

/** A system under test, described once as data; the stack, the plan and the judge derive everything from it. */
export interface System {
  readonly name: string;
  /** By service name, which is also its `OTEL_SERVICE_NAME`. Started in this order, each ready before the next. */
  readonly services: Readonly<Record<string, Service>>;
  /** Who calls whom. Each edge has a proxy of its own, so a fault hits one caller's path and not the callee. */
  readonly edges: readonly Edge[];
  /** The service that the load driver calls. */
  readonly entry: string;
  readonly database?: Database;
  readonly traffic: readonly Route[];
  /** What sampling must keep; the first promise that applies to a trace decides. The last one applies to all. */
  readonly promises: readonly SamplingPromise[];
  /** How to read what the business believes at the end. */
  readonly books: readonly Book[];
  /** What may go on after the last answer; the books are read when all of it is done. */
  readonly openWork?: readonly OpenWork[];
  /** What keeps the system on its feet and can be switched off, to see what it is worth. */
  readonly mitigations?: readonly Mitigation[];
  /** Sets of mitigations that are on together; the first is the default. None = all mitigations are on. */
  readonly builds?: readonly Build[];
}

/** A statement on the system's database that yields one number: how much is still to be done. */
export interface OpenWork {
  /** To be read after the number: `outbox entries`. */
  readonly title: string;
  readonly sql: string;
}

/** Environment variables by service name. */
export type ServiceEnvironment = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Mitigation {
  /** Lower-case words joined by hyphens. */
  readonly id: string;
  readonly title: string;
  /** The settings that switch it off; without them it is on. */
  readonly off: ServiceEnvironment;
  /** The scenario that shows what it is worth, and the assertions that turn red there without it. */
  readonly shownBy: { readonly scenario: string; readonly turnsRed: readonly string[] };
  /** What it does for edges that fail or are slow: predictions are made of it, which an experiment can refute. */
  readonly protects?: readonly Protection[];
}

export interface Protection {
  /** Edge id. */
  readonly edge: string;
  /** Without it the edge's caller has no time-out. */
  readonly timeout?: true;
  /** How requests of these routes are answered when the call over the edge has failed. */
  readonly standIn?: { readonly routes: readonly string[]; readonly outcome: 'unaffected' | 'degraded' };
}

export interface Build {
  readonly id: string;
  readonly title: string;
  /** Ids of the mitigations that are on. */
  readonly mitigations: readonly string[];
}

export interface Service {
  /** Program and arguments, run from the project's root; `node` stands for the Node that runs the harness. */
  readonly command: readonly string[];
  /** Environment beside PORT, the edges' addresses, and the OTEL_* variables, which the stack sets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Path that answers 200 when the service can work. */
  readonly ready: string;
  /** Path that answers the self-observability metrics of its OpenTelemetry SDK in Prometheus' text format, if there is one. */
  readonly metrics?: string;
  readonly kind: 'internal' | 'external';
  readonly criticality: 'critical' | 'high' | 'low';
}

/** Name of the upstream of an edge that leads to the system's database. */
export type DatabaseName = 'database';

export interface Edge {
  /** Also the name of its proxy: lower-case words joined by hyphens, e.g. `payment-to-stripe`. */
  readonly id: string;
  readonly from: string;
  /** A service name, or `database`. */
  readonly to: string;
  /** The environment variable of the caller that carries the callee's address. */
  readonly variable: string;
  /** Value of that variable; `{address}` stands for host:port of the edge's proxy. Default `http://{address}`. */
  readonly value?: string;
  /** How long the caller waits for an answer before it gives up, with all mitigations on; absent = for ever. */
  readonly timeoutMs?: number;
  /** Calls that the caller has under way at most, such as the size of a pool; more wait. Absent = as many as there are. */
  readonly connections?: number;
  /** An edge of the tracing pipeline (harness/pipeline.ts): telemetry goes over it, and no call of the system. */
  readonly isPipeline?: true;
}

export interface Database {
  readonly kind: 'postgres';
  /** Database name; created empty. The user `chaoscope` owns it and needs no password (loopback only). */
  readonly name: string;
  /** Program that creates schema and seed data, run once before the services, with DATABASE_URL (direct) and SEED. */
  readonly prepare?: readonly string[];
}

/** Uniform random numbers in [0, 1), reproducible from the run's seed. */
export type Random = () => number;

export interface Route {
  /** Short name by which the ledger and the reports call it, e.g. `product-list`. */
  readonly id: string;
  /** Share of the traffic, relative to the other routes' weights. */
  readonly weight: number;
  /** Builds one request. Must take all its randomness from `random`. `unique` differs for each request of a run. */
  request(random: Random, unique: string): HttpRequest;
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query, from the entry point's root. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SamplingPromise {
  readonly id: string;
  readonly title: string;
  readonly when:
    | { readonly kind: 'path'; readonly paths: readonly string[] }
    | { readonly kind: 'error' }
    | { readonly kind: 'slow'; readonly ms: number }
    | { readonly kind: 'any' };
  /** Percentage of such traces to keep: 100 = every one, 0 = none, else a hash-sampled share. */
  readonly keepPercent: number;
}

export interface Book {
  /** Becomes the table `books_<name>`. */
  readonly name: string;
  /** A query on the database, or a GET on a service (directly, not by a proxy) that answers a JSON array of rows. */
  readonly from:
    | { readonly sql: string }
    | {
        readonly service: string;
        readonly path: string;
        /** Properties of a row; what is not named here is left out, what a row lacks is null. */
        readonly columns: Readonly<Record<string, BookColumn>>;
      };
}

export type BookColumn = 'text' | 'integer' | 'number' | 'boolean';
