import type { Json, TimelineRow } from './contracts.ts';

/** Writes an event to the timeline, at this moment. */
export type Mark = (
  kind: TimelineRow['kind'],
  name: string,
  event: string,
  detail?: Readonly<Record<string, Json>>,
) => void;
