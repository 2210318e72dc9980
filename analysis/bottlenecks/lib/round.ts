/** Time-outs that people set, in microseconds. */
const TIMEOUTS_US = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10, 20, 30, 60].map((seconds) => seconds * 1e6);

/** The longest usual time-out that is below a duration; the shortest of all for what is shorter. */
export function timeoutBelow(us: number): number {
  return TIMEOUTS_US.findLast((timeout) => timeout < us) ?? TIMEOUTS_US[0] ?? us;
}

/** The shortest usual time-out that is not below a duration; the longest of all for what is longer. */
export function timeoutAbove(us: number): number {
  return TIMEOUTS_US.find((timeout) => timeout >= us) ?? TIMEOUTS_US.at(-1) ?? us;
}

/** `3 s`, `200 ms` */
export function timeoutText(us: number): string {
  return us >= 1e6 ? `${us / 1e6} s` : `${us / 1e3} ms`;
}
