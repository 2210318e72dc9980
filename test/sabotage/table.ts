/** The table of a call of `npm run sabotage`, as Markdown and as JSON. */
import type { Attempt } from './attempt.ts';

export function summary(attempts: readonly Attempt[]): string {
  const count = (status: Attempt['status']): number =>
    attempts.filter((each) => each.status === status).length;
  const blaming = attempts.filter(({ sabotage }) => (sabotage.stages ?? []).length > 0);
  const rightly = blaming.filter(({ status }) => status === 'caught').length;
  return `${count('caught')} of ${attempts.length} caught, ${count('missed')} missed, ${count('blamed wrongly')} blamed wrongly; the right stage of a loss named in ${rightly} of ${blaming.length}`;
}

/** A row a sabotage: what turned, what was blamed, and whether that is right. */
export function markdown(attempts: readonly Attempt[]): string {
  const head = ['sabotage', 'level', 'broken', 'what turned', 'blamed', 'outcome'];
  const rows = attempts.map(({ id, sabotage, outcome, status, problems }) => [
    id,
    sabotage.level,
    sabotage.title,
    outcome.refusal === undefined ? turnedText(outcome.notPassed) : 'refused',
    outcome.stages.join(', '),
    [status, ...problems].join(': '),
  ]);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n\n${summary(attempts)}\n`;
}

/** The same, to be read by a program. */
export function json(attempts: readonly Attempt[]): string {
  const rows = attempts.map(({ id, sabotage, outcome, status, problems, seconds }) => ({
    id,
    level: sabotage.level,
    title: sabotage.title,
    status,
    problems,
    expected: {
      notPassed: sabotage.notPassed,
      mayTurn: sabotage.mayTurn ?? {},
      stages: sabotage.stages ?? [],
    },
    observed: { notPassed: outcome.notPassed, stages: outcome.stages, refusal: outcome.refusal ?? null },
    seconds,
  }));
  return `${JSON.stringify({ schema: 1, summary: summary(attempts), sabotages: rows }, null, 2)}\n`;
}

/** `fail: a, b; inconclusive: c`. */
function turnedText(notPassed: Readonly<Record<string, string>>): string {
  const verdicts = [...new Set(Object.values(notPassed))].sort();
  return verdicts
    .map((verdict) => {
      const ids = Object.keys(notPassed).filter((id) => notPassed[id] === verdict);
      return `${verdict}: ${ids.join(', ')}`;
    })
    .join('; ');
}
