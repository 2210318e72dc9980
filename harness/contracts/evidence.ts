/** The evidence of a run, and the faults, which prove themselves by it. */
import type { EdgeProxy, PartControl } from './control.ts';
import type { RunRecord } from './run.ts';
import type { Edge } from './system.ts';
import type { Source } from './tables.ts';
import type { Figures } from './values.ts';

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

export interface PlacedFault {
  readonly on: string;
  readonly fault: Fault | PartFault;
  /** Undefined when it was never applied (--no-fault, or the run was cut short). */
  readonly window?: FaultWindow;
}
