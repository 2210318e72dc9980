/** The table `outages`: when a part of the stack was not there. */

/**
 * A query with the columns part, how (kill, stop: in order, died: by itself), from_us and until_us (NULL: it did not come back): a row for each time that a part was
 * ended on purpose, or died by itself.
 */
export const OUTAGES = `
  SELECT name AS part, CASE event WHEN 'died' THEN 'died' ELSE coalesce(detail->>'$.how', 'kill') END AS how, at_us AS from_us,
         (SELECT min(s.at_us) FROM timeline s
          WHERE s.kind = 'part' AND s.name = t.name AND s.event = 'started' AND s.at_us >= t.at_us) AS until_us
  FROM timeline t WHERE t.kind = 'part' AND t.event IN ('ending', 'died')`;

/** The same columns without a row, for a run without a timeline. */
export const NO_OUTAGES = `SELECT '' AS part, '' AS how, 0::BIGINT AS from_us, 0::BIGINT AS until_us WHERE false`;
