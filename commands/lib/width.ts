/** Characters a line of prose may have: as many as the terminal has, but no more than one reads with ease. */
export function proseWidth(): number {
  return Math.min(process.stdout.columns ?? 120, 120);
}

/** Characters a line of a table may have: as many as the terminal has, but as many as the table needs to say something. */
export function tableWidth(least: number): number {
  return Math.max(process.stdout.columns ?? 200, least);
}
