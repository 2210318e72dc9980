/** The tables of the evidence, a type a row. */
import type { PhaseName } from './phase.ts';

export type Source = 'ledger' | 'recording' | 'archive' | 'timeline' | 'gauges' | 'books';

/** Evidence that is known to be incomplete, or to hold something twice: what needs it cannot pass. */
export interface Doubt {
  readonly source: Source;
  /** A sentence, to be read after the source's name. */
  readonly what: string;
  /** Of the archive: its search may not have answered all that it holds, so what seems lost may be there. */
  readonly searchLimit?: true;
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
  /** Where it was lost, for a trace that is promised (promised_kept) and not whole; else null. Null also where only the recording lacks it. */
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
