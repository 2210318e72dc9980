import { list } from '../lib/text.ts';
import { type Condition, type Policy, partsOf } from './lib/conditions.ts';
import type { LintRule } from './lib/rule.ts';

/** Of tailsamplingprocessor v0.161.0, config.go. */
const SHARED = [
  'always_sample',
  'boolean_attribute',
  'bytes_limiting',
  'latency',
  'numeric_attribute',
  'ottl_condition',
  'probabilistic',
  'rate_limiting',
  'span_count',
  'status_code',
  'string_attribute',
  'trace_flags',
  'trace_state',
];
/** What may stand in what. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  and: [...SHARED, 'not'],
  drop: [...SHARED, 'not'],
  not: SHARED,
  composite: [...SHARED, 'and'],
};
const TOP = [...SHARED, 'and', 'composite', 'drop', 'not'];
const STATUS_CODES = ['ERROR', 'OK', 'UNSET'];

/** A policy with which the Collector does not start. */
const rule: LintRule = {
  id: 'refused-policy',
  title: 'The Collector refuses a policy and does not start',
  check({ samplers, extensions }) {
    return samplers.flatMap(({ policies }) =>
      policies.flatMap((policy, index) =>
        [
          ...nameProblems(policy, policies.slice(0, index)),
          ...typeProblems(policy.condition, TOP, extensions),
          ...[...partsOf(policy.condition)].flatMap(settingProblems),
        ].map(({ line, what, remedy }) => ({
          severity: 'error',
          line,
          what,
          consequence: 'The Collector does not start with it.',
          effect: null,
          remedy,
        })),
      ),
    );
  },
};

interface Refusal {
  readonly line: number;
  readonly what: string;
  readonly remedy: string;
}

function nameProblems({ name, line }: Policy, before: readonly Policy[]): readonly Refusal[] {
  if (name === '') return [{ line, what: 'a policy has no name', remedy: 'Give it one.' }];
  return before.some((other) => other.name === name)
    ? [{ line, what: `two policies are called ${name}`, remedy: 'Give each a name of its own.' }]
    : [];
}

function typeProblems(
  condition: Condition,
  allowed: readonly string[],
  extensions: ReadonlySet<string>,
): readonly Refusal[] {
  const { type, name, line } = condition;
  if (!allowed.includes(type) && !extensions.has(type))
    return [
      {
        line,
        what: `policy ${name} has ${type === '' ? 'no type' : `the type ${type}`}`,
        remedy: `Allowed here: ${list(allowed)}.`,
      },
    ];
  const parts = condition.kind === 'and' || condition.kind === 'composite' ? condition.of : [];
  return (condition.kind === 'not' ? [condition.of] : parts).flatMap((part) =>
    typeProblems(part, WITHIN[type] ?? SHARED, extensions),
  );
}

function settingProblems(condition: Condition): readonly Refusal[] {
  const { line, name } = condition;
  if (condition.kind === 'status') {
    const wrong = condition.codes.filter((code) => !STATUS_CODES.includes(code));
    const remedy = `Allowed: ${list(STATUS_CODES)}.`;
    if (condition.codes.length === 0) return [{ line, what: `policy ${name} has no status_codes`, remedy }];
    return wrong.map((code) => ({ line, what: `policy ${name} has the status code ${code}`, remedy }));
  }
  if (condition.kind === 'attribute' && condition.type === 'numeric_attribute' && !condition.hasBounds)
    return [
      {
        line,
        what: `policy ${name} has neither min_value nor max_value (0 counts as not given)`,
        remedy: 'Give it one that is not 0.',
      },
    ];
  return [];
}

export default rule;
