/** Edits that several entries share: the victims are lost, and something tells where. */
import type { Edit } from './contract.ts';
import { tables } from './edits.ts';
import { fewerAccepted, NOT_ARCHIVED, THEIR_SPANS } from './statements.ts';

/** The Collector took the victims, and the archive has none of them; the marks are statements that tell why. */
export function lostAfterRecording(...marks: readonly string[]): Edit {
  return tables(['archive', 'recording', 'gauges'], NOT_ARCHIVED, ...marks);
}

/** The Collector never took a span of the victims; the marks are statements that tell why. */
export function lostBeforeRecording(...marks: readonly string[]): Edit {
  return tables(
    ['archive', 'recording', 'gauges'],
    fewerAccepted(THEIR_SPANS),
    NOT_ARCHIVED,
    ...marks,
    'DELETE FROM recording WHERE trace_id IN (FROM victims)',
  );
}
