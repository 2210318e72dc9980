import type { Configuration } from './configuration.ts';
import type { Expectations, LintFinding, LintRule, Severity } from './rule.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** What all rules say, the worst first, then by line. */
export function lint(
  configuration: Configuration,
  expectations: Expectations,
  rules: readonly LintRule[],
): readonly LintFinding[] {
  return rules
    .flatMap((rule) =>
      rule.check(configuration, expectations).map((remark) => ({ rule: rule.id, ...remark })),
    )
    .toSorted(
      (a, b) =>
        ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
        a.line - b.line ||
        a.rule.localeCompare(b.rule, 'en'),
    );
}
