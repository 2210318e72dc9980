/**
 * The contracts of chaoscope: the types on which scenarios, faults, assertions, reports, the stack, the load
 * drivers and the evidence store agree. Types only: this file has no behaviour and imports nothing but types.
 *
 * Units are in the names: `Us` / `_us` are microseconds (instants: since the Unix epoch, which a double holds
 * exactly until the year 2255), `Ms` milliseconds, `S` seconds. Trace ids are 32, span ids 16 lower-case hex digits.
 */
import type { ZodType } from 'zod';

// ---------------------------------------------------------------- the system under test

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

// ---------------------------------------------------------------- scenario

export interface Scenario {
  readonly title: string;
  /** What is expected to happen, in a sentence that the run can refute. */
  readonly hypothesis: string;
  readonly system: System;
  readonly load: { readonly rate: number; readonly timeoutMs: number };
  readonly phases: {
    readonly warmupS: number;
    readonly baselineS: number;
    readonly faultS: number;
    readonly recoveryS: number;
    /** How often baseline and fault follow each other before the recovery, each as long as said; default 1. */
    readonly blocks?: number;
  };
  readonly faults: readonly ScenarioFault[];
  /** How services behave otherwise in this scenario, in all of its phases. */
  readonly environment?: ServiceEnvironment;
  /** What is set otherwise in the configurations of Collector and Jaeger, in all of its phases. */
  readonly configuration?: {
    readonly collector?: ConfigurationChanges;
    readonly jaeger?: ConfigurationChanges;
  };
  readonly assertions: readonly BoundAssertion[];
}

/** Settings by the path to them: `processors.tail_sampling.num_traces`. The section that holds the setting must be there. */
export type ConfigurationChanges = Readonly<Record<string, Json>>;

export interface ScenarioFault {
  /** Edge id, of the system or of the pipeline; of a fault on a part the part's name (harness/pipeline.ts). */
  readonly on: string;
  readonly fault: Fault | PartFault;
  /** Where in the fault phase it begins, as a share of the phase's length, 0 to 1; default 0. */
  readonly from?: number;
  /** Where it ends; default 1. */
  readonly until?: number;
}

export type PhaseName = 'warmup' | 'baseline' | 'fault' | 'recovery';

export interface Phase {
  readonly name: PhaseName;
  readonly startUs: number;
  readonly endUs: number;
}

// ---------------------------------------------------------------- faults

/** A JSON value; what is written to files and columns. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The proxy of one edge. Every method rejects with a UserError-free Error when Toxiproxy does not answer in time. */
export interface EdgeProxy {
  readonly name: string;
  /** host:port on which the caller reaches it. */
  readonly address: string;
  addToxic(toxic: Toxic): Promise<void>;
  removeToxic(name: string): Promise<void>;
  setEnabled(enabled: boolean): Promise<void>;
  /** The proxy's state as Toxiproxy reports it now. */
  read(): Promise<{ readonly enabled: boolean; readonly toxics: readonly Toxic[] }>;
}

export interface Toxic {
  readonly name: string;
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  /** Share of the connections that it acts on, 0 to 1. */
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number>>;
}

/** Something that can go wrong on an edge. A file of faults/ exports a function of its parameters that returns one. */
export interface Fault {
  readonly acts?: 'edge';
  /** The file's name. */
  readonly id: string;
  /** With its parameters, as a person would say it: `latency of 3750 ms`. */
  readonly title: string;
  readonly parameters: Readonly<Record<string, number>>;
  apply(proxy: EdgeProxy): Promise<void>;
  /** Undoes `apply`; must succeed when nothing, a part, or all of it was applied. */
  revert(proxy: EdgeProxy): Promise<void>;
  /** Whether the proxy, read back, is in the state that `apply` leaves (true) or `revert` leaves (false). */
  inForce(proxy: EdgeProxy): Promise<boolean>;
  /** Whether the evidence shows that the edge felt it during its window, and not before or after. */
  proof(evidence: Evidence, window: FaultWindow): Promise<Proof>;
}

/** A part of the pipeline as a process. */
export interface PartControl {
  readonly name: string;
  /** Ends it on purpose: at once, or in an orderly way. Resolves when its process group is gone; harmless when it is. */
  end(how: 'kill' | 'stop'): Promise<void>;
  /** Starts it again on the same addresses; resolves when it is ready; harmless when it runs. */
  start(): Promise<void>;
  isUp(): Promise<boolean>;
}

/** Something that can go wrong with a part of the pipeline as a process. A file of faults/, as a Fault on an edge is one. */
export interface PartFault extends Pick<Fault, 'id' | 'title' | 'parameters' | 'proof'> {
  readonly acts: 'part';
  apply(part: PartControl): Promise<void>;
  /** Undoes `apply`; must succeed when nothing, a part, or all of it was applied. */
  revert(part: PartControl): Promise<void>;
  /** Whether the part is in the state that `apply` leaves (true) or `revert` leaves (false). */
  inForce(part: PartControl): Promise<boolean>;
}

export interface FaultWindow {
  /** Of a fault on a part: what stands for it, an edge of the pipeline from nobody to the part. */
  readonly edge: Edge;
  /** Instants at which the fault was read back as in force, and as gone. */
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface Proof {
  readonly held: boolean;
  readonly expected: string;
  readonly observed: string;
  readonly figures: Figures;
}

/** What a file of faults/ exports by default: from parameters (as stored in run.json) back to the fault. */
export type FaultFactory = ((parameters: Readonly<Record<string, number>>) => Fault | PartFault) & {
  /** What it does, in a sentence for `chaoscope list`. */
  readonly description?: string;
};

// ---------------------------------------------------------------- evidence

export type Source = 'ledger' | 'recording' | 'archive' | 'timeline' | 'gauges' | 'books';

/** Evidence that is known to be incomplete, or to hold something twice: what needs it cannot pass. */
export interface Doubt {
  readonly source: Source;
  /** A sentence, to be read after the source's name. */
  readonly what: string;
}

/**
 * The evidence of one run, queried with SQL (DuckDB). Tables and views:
 *
 * ledger     a row a planned request, see LedgerRow
 * recording  a row a span, before the sampler, see SpanRow
 * archive    a row a span, as the tracing backend keeps it, see SpanRow
 * timeline   see TimelineRow
 * gauges     see GaugeRow
 * books_*    a table a book
 * phases     name, start_us, end_us
 * calls      a row a call over an edge, see CallRow (derived from recording)
 * traces     a row a recorded trace, see TraceRow (derived from recording)
 * orphans    a row a recorded span whose parent was not recorded, see OrphanRow (derived from recording)
 * fate       a row a request, see FateRow (derived from all)
 * missing_spans  a row a span that was made and is not recorded, see MissingSpanRow (derived from all)
 */
export interface Evidence {
  readonly run: RunRecord;
  readonly faults: readonly PlacedFault[];
  /** The sources that are there. A source that could not be gathered is absent, and its table does not exist. */
  readonly sources: ReadonlySet<Source>;
  /**
   * Rows of one statement that reads, as objects; a whole number that a double does not hold exactly comes as text.
   * `parameters` replace $name in the statement.
   */
  query<Row extends object>(
    sql: string,
    parameters?: Readonly<Record<string, string | number | boolean | null>>,
  ): Promise<Row[]>;
}

export interface LedgerRow {
  /** 0, 1, 2 … over the whole run, warm-up included. */
  readonly seq: number;
  readonly trace_id: string;
  /** The client's span id, parent of the entry service's span; never exported as a span itself. */
  readonly span_id: string;
  readonly phase: PhaseName;
  readonly route: string;
  readonly method: string;
  readonly path: string;
  /** When the request was due by the open model. Null together with sent_us when the driver has no record of it. */
  readonly due_us: number | null;
  readonly sent_us: number | null;
  /** From sent_us to the end of the answer. */
  readonly latency_us: number | null;
  /** HTTP status; 0 = no answer (refused, reset, timed out); null = the driver has no record of the request. */
  readonly status: number | null;
  readonly error: string | null;
  readonly bytes_in: number | null;
}

export interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  readonly start_us: number;
  readonly end_us: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly status_message: string | null;
  readonly http_route: string | null;
  readonly http_status: number | null;
  /** url.path, or the path of http.target or url.full. */
  readonly url_path: string | null;
  readonly peer_service: string | null;
  /** db.system.name or db.system. */
  readonly db_system: string | null;
  /** JSON object, all attributes, those above included. */
  readonly attributes: string;
  /** JSON array of { name, atUs, attributes }. */
  readonly events: string;
  /** JSON object. */
  readonly resource: string;
  /** The W3C trace state as it came, '' for none. Of the recording only, and not of those of earlier versions. */
  readonly trace_state?: string | null;
  /** Its number in the order in which the Collector got the spans, from 0. Of the recording only, and not of earlier ones. */
  readonly arrival?: number | null;
}

export interface TimelineRow {
  readonly at_us: number;
  readonly kind: 'stack' | 'phase' | 'fault' | 'settle' | 'part' | 'cleanup';
  /** Phase name, edge id, part name … */
  readonly name: string;
  /** e.g. started, ended, applied, verified, reverted, verified-gone, died, stable, deadline. */
  readonly event: string;
  /** JSON object. */
  readonly detail: string;
}

export interface GaugeRow {
  readonly at_us: number;
  /** A part of the stack, `machine`, `harness`, `load`. */
  readonly part: string;
  /**
   * Process parts: process_cpu_seconds (cumulative), process_resident_bytes. machine: cpu_seconds with label
   * mode = busy | idle | steal (cumulative over all cores), cores. collector: its own metric names as scraped.
   * Services: also the metrics of their OpenTelemetry SDK (otel_sdk_…) as scraped.
   */
  readonly metric: string;
  /** JSON object. */
  readonly labels: string;
  readonly value: number;
}

export interface CallRow {
  readonly edge: string;
  readonly trace_id: string;
  /** The caller's CLIENT span. */
  readonly span_id: string;
  readonly caller: string;
  readonly callee: string;
  readonly start_us: number;
  readonly end_us: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly http_status: number | null;
  /** The callee's SERVER span; null when the callee recorded none, or is a database. */
  readonly server_span_id: string | null;
  /** Of the caller's span. */
  readonly parent_id: string | null;
  /** HTTP method, or the span's name without one; null for a call to a database. */
  readonly method: string | null;
  readonly path: string | null;
}

export interface TraceRow {
  readonly trace_id: string;
  readonly spans: number;
  readonly start_us: number;
  readonly end_us: number;
  readonly has_error: boolean;
  /** url_path of the entry span (the SERVER span of the entry service with no recorded parent), null if there is none. */
  readonly path: string | null;
  /** Duration of the entry span: the time that the answer took as the system saw it. */
  readonly entry_us: number | null;
}

/** A recorded span that has a parent which is not recorded: the entry spans too, since the client's span is never exported. */
export interface OrphanRow extends Pick<SpanRow, 'trace_id' | 'span_id' | 'service' | 'kind'> {
  readonly parent_id: string;
  readonly start_us: number;
  readonly end_us: number;
  readonly url_path: string | null;
}

/** keep = must be / will be kept; drop = must not / will not be kept; sample = a hash-sampled share. */
export interface FateRow {
  readonly seq: number;
  readonly trace_id: string;
  readonly phase: PhaseName;
  readonly route: string;
  /** `unknown`: no answer and no span, so nothing can be said of it. */
  readonly promised: 'keep' | 'drop' | 'sample' | 'unknown';
  /** Id of the promise that applies; null when unknown. */
  readonly promise: string | null;
  /** For promised = sample: whether the promised share, by the sampler's hash, includes it. Else promised = keep. */
  readonly promised_kept: boolean | null;
  /** What the Collector's configuration decides for the recorded trace; unknown = it cannot be predicted. */
  readonly predicted: 'keep' | 'drop' | 'unknown';
  /** The policy that decides, null when none keeps it. */
  readonly policy: string | null;
  /** `part` also when spans are archived of which none was recorded: then nothing says what the whole would be. */
  readonly observed: 'whole' | 'part' | 'absent';
  /** Recorded and archived spans of the trace. */
  readonly recorded_spans: number;
  readonly archived_spans: number;
  /** Where it was lost, for a trace that is promised (promised_kept) and not whole; else null. */
  readonly lost_stage: LossAttribution | null;
}

/**
 * The stage of the pipeline that lost a trace or a span. When the evidence cannot tell which of several it was, all of
 * them, in the order of LOSS_STAGES, joined by ` | `.
 */
export type LossAttribution = string;

export type LossStage =
  /** The queue of the service's SDK was full when the span ended. */
  | 'sdk-queue-full'
  /** The service's exporter gave a batch up: the Collector could not be reached, or did not answer in time. */
  | 'sdk-export-failed'
  /** The Collector's receiver refused it, or its memory limiter behind it did. */
  | 'refused-by-collector'
  /** The client got an answer, but no span (or no entry span) reached the Collector, and no counter says why. */
  | 'not-exported'
  /** The Collector, or a part of it, ended (crash, kill, restart) while it held the span. */
  | 'lost-in-crash'
  /** No policy of the configuration keeps it. */
  | 'no-policy-keeps-it'
  /** A drop policy won over the promise. */
  | 'drop-policy-won'
  /** The sampler forgot it before its decision: num_traces too small. */
  | 'evicted-before-decision'
  /** A policy could not be evaluated. */
  | 'policy-evaluation-failed'
  /** The request went on beyond the decision wait, so the decision fell on a part of its trace. */
  | 'decided-on-part'
  /** A span came after the decision, which was made without it. */
  | 'late-spans'
  /** A span came when the sampler had forgotten the trace and its decision, and was decided upon alone. */
  | 'late-after-forgotten'
  /** Decided keep, but the queue of the exporter to the backend was full. */
  | 'exporter-queue-full'
  /** Decided keep, but the exporter to the backend gave it up. */
  | 'export-failed'
  /** Exported, then pushed out of the backend's ring of traces, or lost with its process. */
  | 'evicted-by-archive'
  /** Perhaps archived: the archive's search left traces out, and this one was not asked for by its id. */
  | 'beyond-search-limit'
  | 'unexplained';

/** A row of the table `missing_spans`: a span that must have been made, since others tell of it, and is not recorded. */
export interface MissingSpanRow {
  readonly trace_id: string;
  /** Null when only a call tells that the callee must have had one. */
  readonly span_id: string | null;
  /** Joined by ` | ` when it may have been one of several: a server span does not tell which of its callers called. */
  readonly service: string;
  /** When it ended, as far as its neighbours tell. */
  readonly at_us: number;
  readonly lost_stage: LossAttribution;
}

export interface PlacedFault {
  readonly on: string;
  readonly fault: Fault | PartFault;
  /** Undefined when it was never applied (--no-fault, or the run was cut short). */
  readonly window?: FaultWindow;
}

// ---------------------------------------------------------------- assertions, findings, result

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error';
export type Figures = Readonly<Record<string, number | string | null>>;

export interface Finding {
  readonly verdict: Verdict;
  /** What must hold, with its bounds: `every one of 2,412 error traces kept whole`. */
  readonly expected: string;
  readonly observed: string;
  /** The numbers behind it; keys in camelCase with the unit. */
  readonly figures: Figures;
  /** Up to 10 trace ids to look at. */
  readonly examples: readonly string[];
  /** Why it failed or is inconclusive, and what to do; empty when it passes. */
  readonly because?: string;
}

/** What a file of assertions/ exports by default; made with `defineAssertion` of assertions' own helper. */
export interface Assertion<Options extends object = object> {
  /** The file's name. */
  readonly id: string;
  readonly title: string;
  /** The promise it checks, as a sentence for the README. */
  readonly promise: string;
  readonly needs: readonly Source[];
  readonly options: ZodType<Options>;
  /** It weighs doubts on the evidence itself, since what is missing is its subject: the judge leaves its verdict alone. */
  readonly weighsDoubts?: true;
  judge(evidence: Evidence, options: Options): Promise<Finding>;
}

/** An assertion with its options checked; this is what a scenario lists. */
export interface BoundAssertion {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Source[];
  readonly options: Readonly<Record<string, Json>>;
  readonly weighsDoubts?: true;
  judge(evidence: Evidence): Promise<Finding>;
}

/** run.json: all that the judge needs to know of a run beside the tables, so that a folder is judged on its own. */
export interface RunRecord {
  readonly schema: 1;
  readonly id: string;
  readonly scenario: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly seed: number;
  readonly startedAt: string;
  /** completed: all phases ran. broken: a part died. Only completed runs can pass. */
  readonly status: 'completed' | 'broken' | 'interrupted';
  /** When broken: what died and its log tail. */
  readonly problem?: {
    readonly part: string;
    readonly partKind: PartKind;
    readonly message: string;
    readonly logTail: string;
  };
  readonly system: {
    readonly name: string;
    readonly entry: string;
    readonly services: Readonly<Record<string, { readonly kind: string; readonly criticality: string }>>;
    readonly edges: readonly Edge[];
    readonly promises: readonly SamplingPromise[];
    readonly routes: readonly string[];
    /** Of all mitigations, whether on or off; absent in runs of before it was recorded. */
    readonly protections?: readonly (Protection & { readonly mitigation: string })[];
  };
  /** Which build of the system ran, and its mitigations that were on and off; absent when the system has none. */
  readonly build?: BuildRecord;
  /** Absent in runs of before it was recorded. */
  readonly how?: How;
  /** sha256 of each file of evidence/ by its name, as the run left it; absent in runs of before it was recorded. */
  readonly evidence?: Readonly<Record<string, string>>;
  readonly load: {
    readonly driver: string;
    readonly rate: number;
    readonly timeoutMs: number;
    readonly planned: number;
  };
  /** In the order of time; with blocks, baseline and fault are there once a block. */
  readonly phases: readonly Phase[];
  /** Each fault of the scenario, once a block. */
  readonly faults: readonly {
    readonly on: string;
    readonly id: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly fromUs?: number;
    readonly untilUs?: number;
  }[];
  readonly assertions: readonly { readonly id: string; readonly options: Readonly<Record<string, Json>> }[];
  /** Whether the archive was stable when it was read; if not, absence proves nothing. */
  readonly settled: { readonly ok: boolean; readonly waitedS: number; readonly detail: string };
  readonly tools: Readonly<Record<string, string>>;
  /** Whether what went on after the last answer was done when the books were read; absent when nothing does. */
  readonly atRest?: { readonly ok: boolean; readonly waitedS: number; readonly detail: string };
  /** What the gatherers know to be incomplete or duplicated. */
  readonly doubts: readonly Doubt[];
  /** What the gatherers found remarkable but harmless, a sentence each. */
  readonly notes: readonly string[];
  /** Sources that could not be gathered, and why. */
  readonly missing: Readonly<Partial<Record<Source, string>>>;
  /** Empty when all was reverted, stopped and removed. */
  readonly cleanupProblems: readonly string[];
  /** Seconds from the end of the load: to a stable archive, to all evidence stored. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface BuildRecord {
  readonly id: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
}

/** How a run was made: what the command line, the code and the machine add to the scenario. */
export interface How {
  /** False with --no-fault. */
  readonly faultsApplied: boolean;
  /** Settings of services that the user gave (--env), without those of the build. */
  readonly environment: ServiceEnvironment;
  readonly configurations: { readonly collector: ConfigurationRecord; readonly jaeger: ConfigurationRecord };
  /** Of chaoscope. */
  readonly version: string;
  /** The checkout that ran; null when there is none. Dirty: with changes or files that are in no commit. */
  readonly git: { readonly revision: string; readonly isDirty: boolean } | null;
  readonly machine: {
    readonly cores: number;
    readonly memoryBytes: number;
    readonly kernel: string;
    readonly node: string;
  };
}

export interface ConfigurationRecord {
  /** As the user gave it, or `shipped`. */
  readonly file: string;
  /** Of the copy in the run's folder. */
  readonly sha256: string;
}

/** result.json; its schema is checked by zod in harness/judge. */
export interface Result {
  readonly schema: 1;
  readonly run: string;
  readonly folder: string;
  readonly scenario: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly build?: BuildRecord | undefined;
  readonly how?: How | undefined;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly because: string;
  readonly requests: {
    readonly planned: number;
    readonly sent: number;
    readonly answered: number;
    /** Sent per second over the measured phases (warm-up left out). */
    readonly rate: number;
  };
  readonly assertions: readonly ({ readonly id: string; readonly title: string } & Finding)[];
  readonly fate: readonly {
    readonly promise: string | null;
    readonly promised: string;
    readonly predicted: string;
    readonly observed: string;
    readonly count: number;
  }[];
  /** Up to 1,000; `lostCount` counts all. */
  readonly lost: readonly {
    readonly traceId: string;
    readonly promised: string;
    readonly stage: string;
    readonly route: string;
  }[];
  readonly lostCount: number;
  /** What went into each stage of the pipeline, came out, and was lost by its own account; absent in earlier results. */
  readonly conservation?: readonly ConservedStage[] | undefined;
  /** Per route and phase, latency counted from when the request was due. */
  readonly routes: readonly {
    readonly route: string;
    readonly phase: string;
    readonly requests: number;
    readonly failed: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
  }[];
  readonly tools: Readonly<Record<string, string>>;
  readonly phases: readonly { readonly name: string; readonly start: string; readonly end: string }[];
  readonly problem?: RunRecord['problem'];
  /** Of the gatherers, and of the judge: whether the recording is complete, files changed since the run, impossible rows. */
  readonly doubts: readonly Doubt[];
  /** Of the gatherers, what of the sampler's decisions could not be predicted, and files that were added since the run. */
  readonly notes: readonly string[];
  readonly cleanupProblems: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
}

/** One stage of the pipeline over the whole run: in = out + losses + unaccounted. */
export interface ConservedStage {
  readonly stage: 'sdk' | 'receiver' | 'recorder' | 'sampler' | 'exporter' | 'archive';
  readonly unit: 'spans' | 'traces';
  readonly in: number;
  readonly out: number;
  readonly losses: readonly { readonly stage: string; readonly count: number }[];
  /** What neither came out nor is a loss that somebody counted; below 0: more came out than went in. */
  readonly unaccounted: number;
  /** How much may be unaccounted for a known reason: what was counted between the last look at the counters and an end. */
  readonly tolerance: number;
}

/** A file of reports/ exports one by default: a pure function of the result. */
export interface Report {
  /** The file's name. */
  readonly id: string;
  /** Written under this name into the run folder; undefined = shown on the terminal only. */
  readonly fileName?: string;
  render(result: Result, options: { readonly color: boolean; readonly width: number }): string;
}

// ---------------------------------------------------------------- stack

export type PartKind = 'database' | 'archive' | 'collector' | 'proxy' | 'service' | 'load';

export interface Part {
  readonly name: string;
  readonly kind: PartKind;
  /** Leader of the part's process group. */
  readonly pid: number;
  readonly logFile: string;
}

export interface PartDeath {
  readonly part: Part;
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  readonly logTail: string;
}

export interface StackOptions {
  readonly system: System;
  readonly seed: number;
  readonly runFolder: string;
  readonly collectorConfig: string;
  readonly jaegerConfig: string;
  /** What messages shall call the two, since what is run may be a copy: `--collector-config mine.yaml`. */
  readonly configurationNames?: { readonly collector: string; readonly jaeger: string };
  /** First of a block of consecutive ports; undefined = a free block is looked for. */
  readonly portBase?: number;
  /** Extra environment by service name: mitigation switches, sabotages. */
  readonly environment?: ServiceEnvironment;
  /** Edges of the pipeline that get a proxy; each costs CPU, so only those on which a fault is to act. */
  readonly pipelineEdges?: readonly string[];
  readonly signal: AbortSignal;
  onProgress(message: string): void;
}

/** A running stack. */
export interface Stack {
  readonly parts: readonly Part[];
  /** Base URL of the entry service, e.g. http://127.0.0.1:21000 */
  readonly entryUrl: string;
  readonly proxies: ReadonlyMap<string, EdgeProxy>;
  /** The parts of the pipeline on which a fault can act, by name. */
  readonly controls: ReadonlyMap<string, PartControl>;
  /** Where services answer the metrics of their SDKs, by service name. */
  readonly sdkMetricsUrls: ReadonlyMap<string, string>;
  readonly jaegerUrl: string;
  /** Prometheus text of the Collector's own metrics. */
  readonly collectorMetricsUrl: string;
  /**
   * What the flight recorder writes: length-prefixed zstd frames of OTLP protobuf. A Collector that was started again writes
   * another one, see recordingFiles in harness/evidence.
   */
  readonly recordingFile: string;
  /** Direct, not by a proxy. */
  readonly databaseUrl: string | undefined;
  /** Base URL of a service, direct. */
  serviceUrl(name: string): string;
  readonly tools: Readonly<Record<string, string>>;
  /** To be part of the environment of every other process of the run, so that the lease covers it too. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called at most once a part, for each part that ends though nobody stopped it. */
  onDeath(listener: (death: PartDeath) => void): void;
  /** Stops all, the services first so that they flush; returns what could not be stopped or removed. */
  stop(): Promise<string[]>;
}

/** One way to run the parts: a file of harness/stack. */
export interface StackDriver {
  readonly id: string;
  /** Looks for what would be refused, as far as that can be told without starting a part. Leaves nothing behind. */
  check(options: Omit<StackOptions, 'runFolder' | 'seed' | 'environment' | 'onProgress'>): Promise<void>;
  start(options: StackOptions): Promise<Stack>;
}

// ---------------------------------------------------------------- load

/** A stretch of constant rate. */
export interface Segment {
  readonly name: string;
  readonly rate: number;
  readonly durationS: number;
  /** seq of its first request; it has rate x durationS requests. */
  readonly firstSeq: number;
}

export interface PlannedRequest extends HttpRequest {
  readonly seq: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly route: string;
}

/** What a driver reports of one request. */
export interface LoadRecord {
  readonly traceId: string;
  readonly route: string;
  readonly dueUs: number;
  readonly sentUs: number;
  readonly latencyUs: number;
  readonly status: number;
  readonly error: string | null;
  readonly bytesIn: number;
}

/** One way to send the load: a file of harness/load. */
export interface LoadDriver {
  readonly id: string;
  /**
   * Sends the segment's requests at start + i / rate, never waiting for answers, and reports each as it ends.
   * Resolves when all have ended; rejects when the driver itself fails or `signal` aborts (the driver is gone by then).
   */
  run(options: {
    readonly baseUrl: string;
    readonly segment: Segment;
    readonly requests: Iterable<PlannedRequest>;
    readonly timeoutMs: number;
    /** For files that the driver needs while it runs; it removes them. */
    readonly folder: string;
    readonly logFile: string;
    readonly signal: AbortSignal;
    /** Told of each process of the driver, under the name by which the gauges shall call it. */
    onProcess(part: string, pid: number): void;
    onStart(startUs: number): void;
    onRecord(record: LoadRecord): void;
  }): Promise<void>;
}
