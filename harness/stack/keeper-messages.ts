/** What the harness tells its keeper: one JSON object a line on the keeper's standard input. */
export type KeeperMessage =
  /** A process group to end; sent right after its leader was started. */
  | {
      readonly kind: 'group';
      readonly name: string;
      /** Leader of the group. */
      readonly pid: number;
      /** Services end first, so that they do not see their database and collector go. */
      readonly isService: boolean;
      /** Asks the group to end in an orderly way. */
      readonly signal: NodeJS.Signals;
    }
  /** The group has ended; forget it, since its number may be used again. */
  | { readonly kind: 'ended'; readonly pid: number }
  /** A folder to delete; sent before it is made. */
  | { readonly kind: 'folder'; readonly path: string }
  /** API of the Toxiproxy whose faults are to be taken away. */
  | { readonly kind: 'toxiproxy'; readonly url: string }
  /** The harness lives. */
  | { readonly kind: 'beat' }
  /** The harness has cleaned up by itself; the keeper ends and does nothing. */
  | { readonly kind: 'done' };

export type LeasedGroup = Extract<KeeperMessage, { kind: 'group' }>;

/** Seconds without a beat after which the keeper takes the harness for dead. */
export const LEASE_S = 30;

/** How often the harness beats, in seconds. */
export const BEAT_S = 5;
