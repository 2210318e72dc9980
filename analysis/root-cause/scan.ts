/** What one edge did in one bin of time. */
export interface Bin {
  readonly attempts: number;
  readonly bad: number;
}

/** The stretch of time in which the bad calls of an edge are most clearly more frequent than in the rest. */
export interface Cluster {
  /** First bin, and the bin after the last. */
  readonly from: number;
  readonly until: number;
  readonly attempts: number;
  readonly bad: number;
  /** Share of bad calls outside; 0 when there are none. */
  readonly shareOutside: number;
  /** Logarithm of the likelihood ratio: the share differs inside, against the same share everywhere. */
  readonly logRatio: number;
  /** Windows that were compared; the more, the higher a ratio chance brings about. */
  readonly windows: number;
}

/**
 * Kulldorff's scan statistic for Bernoulli data, over time: of all windows the one with the largest likelihood ratio.
 * Undefined when there is nothing bad, or no window in which the share of bad calls is larger than outside.
 * Source: M. Kulldorff, A spatial scan statistic, Communications in Statistics 26 (1997), 1481-1496, equation for the
 * Bernoulli model.
 * @param leastBins a window is so long at least
 */
export function scan(bins: readonly Bin[], leastBins: number): Cluster | undefined {
  const attempts = prefixSums(bins.map((bin) => bin.attempts));
  const bad = prefixSums(bins.map((bin) => bin.bad));
  const total = { attempts: attempts.at(-1) ?? 0, bad: bad.at(-1) ?? 0 };
  if (total.bad === 0) return undefined;
  const nothing = logLikelihood(total.bad, total.attempts);
  let best: Omit<Cluster, 'windows'> | undefined;
  let windows = 0;
  for (let from = 0; from < bins.length; from++) {
    // A window that begins or ends with a bin without calls is the same as a shorter one.
    if (bins[from]?.attempts === 0) continue;
    for (let until = from + 1; until <= bins.length; until++) {
      if (bins[until - 1]?.attempts === 0 || until - from < leastBins) continue;
      windows += 1;
      const inside = at(attempts, until) - at(attempts, from);
      const insideBad = at(bad, until) - at(bad, from);
      const outside = total.attempts - inside;
      const outsideBad = total.bad - insideBad;
      if (outside === 0 || insideBad * outside <= outsideBad * inside) continue;
      const logRatio = logLikelihood(insideBad, inside) + logLikelihood(outsideBad, outside) - nothing;
      if (best === undefined || logRatio > best.logRatio)
        best = {
          from,
          until,
          attempts: inside,
          bad: insideBad,
          shareOutside: outsideBad / outside,
          logRatio,
        };
    }
  }
  return best && { ...best, windows };
}

/** Of `part` in `whole`, with the share that fits best. */
function logLikelihood(part: number, whole: number): number {
  if (part === 0 || part === whole) return 0;
  return part * Math.log(part / whole) + (whole - part) * Math.log(1 - part / whole);
}

function prefixSums(values: readonly number[]): readonly number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
