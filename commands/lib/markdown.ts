/** A Markdown table; `align` has a letter a column, l or r; without it all are left as Markdown has them. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align = 'l'.repeat(head.length),
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = [...align].map((letter) => (letter === 'r' ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
