/** What faults act on: the proxy of an edge, and a part of the stack. */

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

/** A part of the pipeline as a process. */
export interface PartControl {
  readonly name: string;
  /** Ends it on purpose: at once, or in an orderly way. Resolves when its process group is gone; harmless when it is. */
  end(how: 'kill' | 'stop'): Promise<void>;
  /** Starts it again on the same addresses; resolves when it is ready; harmless when it runs. */
  start(): Promise<void>;
  isUp(): Promise<boolean>;
}
