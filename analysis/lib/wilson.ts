/** z of a two-sided interval of 95 %. */
const Z = 1.959_963_984_540_054;

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * The Wilson score interval (95 %) of a share; of nothing it is 0 to 1. Unlike the normal approximation it stays
 * within 0 and 1 and is honest near both ends.
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
 */
export function wilson(part: number, whole: number): Bounds {
  if (whole <= 0) return { low: 0, high: 1 };
  const share = part / whole;
  const spread = Z * Math.sqrt((share * (1 - share)) / whole + (Z * Z) / (4 * whole * whole));
  const scale = 1 + (Z * Z) / whole;
  const middle = share + (Z * Z) / (2 * whole);
  // At the ends the formula is exact, but for rounding.
  return {
    low: part === 0 ? 0 : (middle - spread) / scale,
    high: part === whole ? 1 : (middle + spread) / scale,
  };
}
