/** Calls in a stretch of time. Rates are per second of it; quantiles are null without calls. */
export interface CallStats {
  readonly calls: number;
  readonly ratePerS: number;
  /** Calls without an answer, or with one of 5xx. */
  readonly errors: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** sync: the answer to a request waits for it. async: none does. mixed: both were seen. */
export type Mode = 'sync' | 'async' | 'mixed';

export interface MapEdge {
  /** As the system declares it; null when it does not. */
  readonly id: string | null;
  readonly from: string;
  readonly to: string;
  /** What is called: requests of clients, another service, a database, or messages of a queue. */
  readonly kind: 'clients' | 'call' | 'database' | 'queue';
  /** Null when it was not seen. */
  readonly mode: Mode | null;
  /** While nothing was broken, and while a fault was in force anywhere; the latter is null without one. */
  readonly calm: CallStats;
  readonly underFault: CallStats | null;
  /** Titles of the faults that were in force on this edge. */
  readonly faults: readonly string[];
  /** Traces with a call over it, at most three. */
  readonly examples: readonly string[];
}

export interface MapNode {
  readonly name: string;
  readonly kind: 'clients' | 'internal' | 'external' | 'database' | 'queue' | 'unknown';
  /** As the system declares it; null for what is no service of it. */
  readonly criticality: string | null;
  readonly isDeclared: boolean;
}

/** Where the recording and the declared system differ. */
export interface Discrepancy {
  /** finding: the system does what it does not declare. warning: what it declares was not seen. */
  readonly severity: 'finding' | 'warning';
  readonly kind: 'undeclared-edge' | 'unexercised-edge' | 'undeclared-service';
  readonly from: string;
  readonly to: string;
  /** A sentence with the remedy. */
  readonly what: string;
  /** Trace ids to look at. */
  readonly examples: readonly string[];
}

/** Who calls whom, as the recording of a run shows it, beside what the system declares. */
export interface ServiceMap {
  readonly run: string;
  readonly title: string;
  readonly system: string;
  readonly build: string | null;
  /** Seconds of the measured phases without, and with a fault in force. */
  readonly calmS: number;
  readonly faultS: number;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly discrepancies: readonly Discrepancy[];
}

/** Names of the nodes that are no services. */
export const CLIENTS = 'clients';
