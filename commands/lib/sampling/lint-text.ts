import { effectText, type Volume } from '../../../analysis/sampling-lint/lib/effect.ts';
import type { Estimate, PromiseEstimate } from '../../../analysis/sampling-lint/lib/estimate.ts';
import type { Expectations, LintFinding, Severity } from '../../../analysis/sampling-lint/lib/rule.ts';
import type { Share } from '../../../analysis/sampling-lint/lib/shares.ts';
import { figure, money, percent } from '../../../analysis/sampling-lint/lib/text.ts';
import { labelled, number, plain, table } from '../../../reports/lib/text.ts';
import type { SamplingLint } from './lint.ts';

const INDENT = '  ';

/** What the lint of a configuration says, for people. */
export function samplingText(
  { file, expectations, estimate, findings }: SamplingLint,
  width: number,
): string {
  return plain(
    [
      ...headline(file, expectations, width),
      '',
      ...estimateLines(estimate, width),
      ...findings.flatMap((finding) => ['', ...findingLines(file, finding, width)]),
      '',
      verdict(findings),
      '',
    ].join('\n'),
  );
}

function headline(file: string, expectations: Expectations, width: number): readonly string[] {
  const { of, ratePerS, errorShare, slowShare, bytesPerTrace, pricePerGb, collectors } = expectations;
  const traffic = [
    `${number(ratePerS)} traces/s`,
    `${percent(errorShare)} errors`,
    `${percent(slowShare)} slow`,
    `${number(bytesPerTrace)} bytes a trace`,
    `${money(pricePerGb)} a GB`,
    ...(collectors > 1 ? [`${number(collectors)} Collectors`] : []),
  ];
  return labelled('', `${file} against the promises of ${of}, at ${traffic.join(', ')}:`, width);
}

function estimateLines({ promises, promised, kept }: Estimate, width: number): readonly string[] {
  const rows = [
    ['promise', 'traces/s', 'promised', 'kept'],
    ...promises.map((each) => [each.promise, rateText(each), percent(each.promised), shareText(each.kept)]),
  ];
  return [
    ...table(rows, 'lrrr', width),
    `promised  ${volumeText(promised)}`,
    ...(kept.least.tracesPerS === kept.most.tracesPerS
      ? [`kept      ${volumeText(kept.most)}`]
      : [`kept      at least ${volumeText(kept.least)}`, `          at most ${volumeText(kept.most)}`]),
  ];
}

function rateText({ tracesPerS }: PromiseEstimate): string {
  return tracesPerS === null ? '?' : figure(tracesPerS);
}

function shareText({ least, most }: Share): string {
  return least === most ? percent(most) : `${percent(least)} to ${percent(most)}`;
}

function volumeText({ tracesPerS, gbPerDay, moneyPerDay }: Volume): string {
  const million = number((tracesPerS * 86_400) / 1e6, 2);
  return `${figure(tracesPerS)} traces/s, ${million} million traces, ${figure(gbPerDay)} GB and ${money(moneyPerDay)} a day`;
}

/** A finding with its place, consequence and remedy. */
export function findingLines(file: string, finding: LintFinding, width: number): readonly string[] {
  const { severity, line, rule, what, consequence, effect, remedy, yaml } = finding;
  return [
    `${severity}  ${file}:${line}  ${rule}`,
    ...labelled(INDENT, `${what}.`, width),
    ...labelled(INDENT, consequence, width),
    ...(effect ? labelled(INDENT, effectText(effect), width) : []),
    ...labelled(`${INDENT}-> `, remedy, width),
    ...(yaml ?? '').split('\n').flatMap((each) => (each === '' ? [] : [`${INDENT}${INDENT}   ${each}`])),
  ];
}

function verdict(findings: readonly LintFinding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const plural = (many: number, noun: string) => `${many} ${noun}${many === 1 ? '' : 's'}`;
  return `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}, ${plural(count('info'), 'info')}`;
}
