/** What a replay is asked to do. */
import type { RunRecord } from '../contracts.ts';
import type { ReplayHost } from './host.ts';

export interface CollectorOrder {
  /** `A`, `B` …: how messages call the replay. */
  readonly label: string;
  /** The user's configuration file, and what messages call it. */
  readonly collectorConfig: string;
  /** How many times faster than it was recorded; 1 or more. */
  readonly speed: number;
  /** Variables of the configuration, beside those that every part gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of this replay; it is made, and looks like a run's. */
  readonly folder: string;
  readonly host: ReplayHost;
  message(text: string): void;
}

export interface ReplayOrder extends CollectorOrder {
  readonly runFolder: string;
  readonly run: RunRecord;
  /** The flight recorder's file; undefined when it is not there any more: then batches are made of the recorded spans. */
  readonly recordingFile: string | undefined;
}
