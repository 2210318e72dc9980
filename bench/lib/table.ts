/** Prints rows under a title, in columns named by their properties. */
export function print(title: string, rows: readonly object[]): void {
  process.stdout.write(`\n${title}\n`);
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => Object.values(row).map(String))];
  const widths = names.map((_name, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells)
    process.stdout.write(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
}
