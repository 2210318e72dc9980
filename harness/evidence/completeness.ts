/** Whether the recording holds every span that the Collector accepted, by the Collector's own counters. */
import type { Doubt, Evidence } from '../contracts.ts';

interface Counted {
  readonly accepted: number | null;
  readonly refused: number | null;
}

interface Recorded {
  readonly spans: number;
  readonly repeats: number;
}

/** Counters as regular expressions on metric names: a `_total` suffix may or may not be there. */
const ACCEPTED = 'receiver_accepted_spans(_total)?$';
/** Refused by a part behind the receiver, and failed within it; the senders may have given such spans up. */
const REFUSED = 'receiver_(refused|failed)_spans(_total)?$';

/**
 * The doubts on the recording. Counters and recording both begin with the Collector, hence the last scrape is compared
 * with all that is recorded, without any tolerance: the recorder stands right behind the receivers, so in a healthy
 * run the two are equal. A span counts once however often it was recorded, so that no repeat makes up for a loss. A
 * scrape that came before the last spans counts fewer than there were, which hides a loss but makes none.
 */
export async function recordingDoubts(evidence: Evidence): Promise<readonly Doubt[]> {
  if (!evidence.sources.has('recording')) return [];
  const { accepted, refused } = await lastScrape(evidence);
  const [recorded] = await evidence.query<Recorded>(
    `SELECT spans, (SELECT count(*) FROM recording) - spans AS repeats
     FROM (SELECT CAST(coalesce(sum(spans), 0) AS BIGINT) AS spans FROM traces)`,
  );
  return [...problems(accepted, refused, recorded ?? { spans: 0, repeats: 0 })].map((what) => ({
    source: 'recording',
    what,
  }));
}

function* problems(
  accepted: number | null,
  refused: number | null,
  { spans, repeats }: Recorded,
): Generator<string> {
  if (accepted === null) {
    yield 'no gauge says how many spans the Collector accepted, so nothing shows that all of them were recorded';
  } else if (spans < accepted) {
    const twice = repeats > 0 ? ` (${repeats} more are repeats, which the Collector counts as well)` : '';
    yield `${spans} different spans were recorded${twice}, but the Collector accepted ${accepted}`;
  }
  if (refused !== null && refused > 0)
    yield `the Collector refused ${refused} spans, which their senders may have given up`;
}

async function lastScrape(evidence: Evidence): Promise<Counted> {
  const nothing = { accepted: null, refused: null };
  if (!evidence.sources.has('gauges')) return nothing;
  // A counter appears when it first counts, so a scrape without it says nothing of it.
  const [row] = await evidence.query<Counted>(
    `WITH counted AS (
       SELECT at_us, sum(value) FILTER (regexp_matches(metric, '${ACCEPTED}')) AS accepted,
              sum(value) FILTER (regexp_matches(metric, '${REFUSED}')) AS refused
       FROM gauges WHERE part = 'collector' GROUP BY at_us)
     SELECT max_by(accepted, at_us) FILTER (accepted IS NOT NULL) AS accepted,
            max_by(refused, at_us) FILTER (refused IS NOT NULL) AS refused
     FROM counted`,
  );
  return row ?? nothing;
}
