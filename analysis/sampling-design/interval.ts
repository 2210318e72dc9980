/** Bounds of a share of which only a sample is known. */
export interface Interval {
  readonly least: number;
  readonly most: number;
}

/** The normal distribution's quantile for 95 %. */
const Z = 1.959963984540054;

/**
 * The 95 % score interval of a share, from `hits` of `of` trials: E. B. Wilson, Probable Inference, the Law of Succession, and
 * Statistical Inference, JASA 22 (1927). From no trials nothing is known: 0 to 1.
 */
export function wilson(hits: number, of: number): Interval {
  if (of === 0) return { least: 0, most: 1 };
  const share = hits / of;
  const spread = Z * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  const scale = 1 + Z ** 2 / of;
  const middle = share + Z ** 2 / (2 * of);
  // At the ends the formula is exact, but for rounding.
  return {
    least: hits === 0 ? 0 : (middle - spread) / scale,
    most: hits === of ? 1 : (middle + spread) / scale,
  };
}
