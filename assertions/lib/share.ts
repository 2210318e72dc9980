/** Whether the share is below so many per cent; the tolerance is for products that are not exact, as of 99.9 %. */
export function isBelow(part: number, whole: number, leastPercent: number): boolean {
  return part * 100 < leastPercent * whole - 1e-6;
}
