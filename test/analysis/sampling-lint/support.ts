import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration } from '../../../analysis/sampling-lint/lib/configuration.ts';
import type { Expectations, LintRule, Remark } from '../../../analysis/sampling-lint/lib/rule.ts';
import { USUAL } from '../../../commands/lib/sampling/lint-options.ts';
import { parsePromises } from '../../../commands/lib/sampling/promises.ts';
import shop from '../../../services/system.ts';

export const SHIPPED = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'config', 'collector.yaml'),
  'utf8',
);
export const EXERCISE = readFileSync(join(import.meta.dirname, 'fixtures', 'exercise.yaml'), 'utf8');

/** The estimate of the exercise. */
export const EXPECTED: Expectations = { of: shop.name, promises: shop.promises, ...USUAL };

export function promised(text: string): Expectations {
  return { ...EXPECTED, of: '--promise', promises: parsePromises([text]) };
}

/** The text with a part replaced; throws when it has no such part, so that a sabotage cannot miss. */
export function replaced(text: string, part: string | RegExp, by: string): string {
  if (typeof part === 'string' ? !text.includes(part) : !part.test(text))
    throw new Error(`there is no ${String(part)} to replace`);
  return text.replace(part, () => by);
}

/** The shipped configuration with this list of policies, each an item in one line. */
export function withPolicies(...policies: readonly string[]): string {
  return replaced(
    SHIPPED,
    /( {4}policies:\n)[\s\S]*?(?=\nexporters:)/,
    `    policies:\n${policies.map((policy) => `      - ${policy}\n`).join('')}`,
  );
}

/** Policies in one line each. */
export const ERRORS = '{ name: errors, type: status_code, status_code: { status_codes: [ERROR] } }';
export const SLOW = '{ name: slow, type: latency, latency: { threshold_ms: 1999 } }';
export const REST = '{ name: rest, type: probabilistic, probabilistic: { sampling_percentage: 5 } }';
export const HEALTH = drop(pathIs('[/health, /ready]'));

export function pathIs(values: string, more = ''): string {
  return `{ name: path, type: string_attribute, string_attribute: { key: url.path, values: ${values}${more} } }`;
}

export function drop(...parts: readonly string[]): string {
  return `{ name: dropped, type: drop, drop: { drop_sub_policy: [${parts.join(', ')}] } }`;
}

export function negated(policy: string): string {
  return `{ name: negated, type: not, not: { not_sub_policy: ${policy} } }`;
}

/** What the rule says of the text; throws when the text is no configuration. */
export function check(
  rule: LintRule,
  text: string,
  expectations: Expectations = EXPECTED,
  variables: Readonly<Record<string, string>> = {},
): readonly Remark[] {
  const read = readConfiguration(text, variables);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return rule.check(read.configuration, expectations);
}

/** Number of the only line that has the part. */
export function lineOf(text: string, part: string): number {
  const lines = text.split('\n').flatMap((line, index) => (line.includes(part) ? [index + 1] : []));
  const [line] = lines;
  if (line === undefined || lines.length > 1) throw new Error(`${lines.length} lines have '${part}'`);
  return line;
}
