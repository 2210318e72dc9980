import type { Result } from '../../harness/contracts.ts';
import { markdownTable } from './markdown.ts';
import type { RunRequest } from './run-once.ts';

export interface Cell extends RunRequest {
  readonly result: Result;
}

/** Markdown: a row a scenario, a column a build; empty without runs of builds. */
export function comparisonTable(cells: readonly Cell[]): string {
  const builds = unique(cells.flatMap(({ build }) => (build === undefined ? [] : [build])));
  if (builds.length === 0) return '';
  const scenarios = unique(cells.filter(({ build }) => build !== undefined).map(({ scenario }) => scenario));
  const rows = scenarios.map((scenario) => [
    scenario,
    ...builds.map((build) => {
      const cell = cells.find((each) => each.scenario === scenario && each.build === build);
      return cell ? outcomeOf(cell.result) : '';
    }),
  ]);
  return markdownTable(['scenario', ...builds], rows);
}

/** Markdown: a row a mitigation that was left out; empty without such runs. */
export function mitigationTable(cells: readonly Cell[]): string {
  const rows = cells.flatMap(({ scenario, without, turnsRed, result }) =>
    without === undefined ? [] : [[without, scenario, (turnsRed ?? []).join(', '), outcomeOf(result)]],
  );
  if (rows.length === 0) return '';
  return markdownTable(['without', 'scenario', 'must turn red', 'outcome'], rows);
}

/** Whether the run came out as its request says; one that says nothing, such as of a naive build, may come out anyhow. */
export function isAsExpected({ mustPass, turnsRed, result }: Cell): boolean {
  if (mustPass) return result.verdict === 'pass';
  const failed = result.assertions.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  return (turnsRed ?? []).every((id) => failed.includes(id));
}

/** `pass`, or the assertions that did not pass, by verdict. */
function outcomeOf({ assertions, verdict }: Result): string {
  const others = (['fail', 'error', 'inconclusive'] as const).flatMap((kind) => {
    const ids = assertions.filter((each) => each.verdict === kind).map(({ id }) => id);
    return ids.length === 0 ? [] : [`${kind}: ${ids.join(', ')}`];
  });
  return others.length === 0 ? verdict : others.join('; ');
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
