/** Why a span of a service never came to be recorded, as SQL. */
import { literal } from '../tables.ts';
import type { LossKind } from './losses.ts';
import { type Candidate, stagesSql } from './stages.ts';

/** Clocks, and what the time of a span that is not there was taken from, differ by this. */
const NEAR_US = 1_000_000;
/** How long a batch may wait behind another one, and an exporter try again, before it gives the batch up. */
const RETRY_US = 30_000_000;
/** From the end of a span until the Collector has written it down: export delay, sending, flush of the recorder. */
const UNWRITTEN_US = 4_000_000;

/**
 * An SQL expression: the LossAttribution of a span that is not recorded. Of a service without counters nothing more can
 * be said than that nothing of it came. A refused batch is given up by the SDK in the end: the cause is named.
 * Needs the tables losses and outages.
 * @param service SQL of the service's name, of several that it may have been joined by ` | `
 * @param atUs SQL of when the span ended
 */
export function sdkStageSql(service: string, atUs: string): string {
  const rose = (kind: LossKind, beforeUs: number, afterUs: number, own: boolean) =>
    `EXISTS (SELECT 1 FROM losses WHERE losses.kind = ${literal(kind)} ${own ? `AND list_contains(string_split(${service}, ' | '), losses.part)` : ''}
               AND losses.until_us >= ${atUs} - ${beforeUs} AND losses.from_us <= ${atUs} + ${afterUs})`;
  const refused = rose('refused', NEAR_US, RETRY_US, false);
  const candidates: readonly Candidate[] = [
    ['sdk-queue-full', rose('sdk-queue-full', NEAR_US, NEAR_US, true)],
    ['sdk-export-failed', `${rose('sdk-export-failed', NEAR_US, RETRY_US, true)} AND NOT ${refused}`],
    ['refused-by-collector', refused],
    [
      'lost-in-crash',
      `EXISTS (SELECT 1 FROM outages WHERE outages.part = 'collector'
                 AND outages.from_us BETWEEN ${atUs} - ${NEAR_US} AND ${atUs} + ${UNWRITTEN_US})`,
    ],
  ];
  return stagesSql(candidates, 'not-exported');
}
