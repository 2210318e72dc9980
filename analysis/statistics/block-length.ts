/**
 * How long the blocks of the stationary bootstrap are to be, in windows: as Politis & White (2004, Econometric Reviews
 * 23:53-70) choose it with the correction of Patton, Politis & White (2009, Econometric Reviews 28:372-375), but at least the
 * cube root of the number of windows, the rate that is optimal for short memory (Künsch 1989), as a short series
 * tells little of its own correlation; and at most a third of the windows, as in their own programs.
 */
export function blockLength(series: readonly number[]): number {
  const n = series.length;
  if (n < 3) return 1;
  return Math.max(1, Math.min(n / 3, Math.max(Math.cbrt(n), chosenLength(series))));
}

/** Politis & White (2004): a correlation below this many times sqrt(log10 n / n) is none. */
const INSIGNIFICANT = 2;

function chosenLength(series: readonly number[]): number {
  const n = series.length;
  const longest = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + runNeeded(n));
  const covariances = autocovariances(series, longest);
  const variance = covariances[0] ?? 0;
  if (variance === 0) return 1;
  const lags = Math.min(2 * lastSignificant(covariances, n), longest);
  let spectrum = variance;
  let slope = 0;
  for (let lag = 1; lag <= lags; lag++) {
    const weighted = 2 * flatTop(lag / lags) * (covariances[lag] ?? 0);
    spectrum += weighted;
    slope += weighted * lag;
  }
  if (spectrum <= 0) return n;
  // b = (2 G^2 / D)^(1/3) n^(1/3) with D = 2 g(0)^2 for the stationary bootstrap.
  return Math.cbrt((slope / spectrum) ** 2 * n);
}

/** So many insignificant correlations in a row end the memory. */
function runNeeded(n: number): number {
  return Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
}

/** The lag before the first run of insignificant correlations; at least 1. */
function lastSignificant(covariances: readonly number[], n: number): number {
  const variance = covariances[0] ?? 0;
  const bound = INSIGNIFICANT * Math.sqrt(Math.log10(n) / n);
  const needed = runNeeded(n);
  let run = 0;
  for (let lag = 1; lag < covariances.length; lag++) {
    run = Math.abs((covariances[lag] ?? 0) / variance) < bound ? run + 1 : 0;
    if (run === needed) return Math.max(1, lag - needed);
  }
  return Math.max(1, covariances.length - 1 - run);
}

/** The trapezoidal lag window of Politis & Romano (1995). */
function flatTop(share: number): number {
  return share <= 0.5 ? 1 : Math.max(0, 2 * (1 - share));
}

/** Of lags 0 to `longest`, each divided by the number of values, so that the series of them is positive semi-definite. */
export function autocovariances(series: readonly number[], longest: number): readonly number[] {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const centred = series.map((value) => value - mean);
  return Array.from({ length: longest + 1 }, (_, lag) => {
    let sum = 0;
    for (let at = lag; at < n; at++) sum += (centred[at] ?? 0) * (centred[at - lag] ?? 0);
    return sum / n;
  });
}
