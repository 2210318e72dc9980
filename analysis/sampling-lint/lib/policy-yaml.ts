import type { SamplingPromise } from '../../../harness/contracts.ts';
import { PATH_ATTRIBUTE } from './attributes.ts';
import { yamlList, yamlText } from './text.ts';

/**
 * A policy that keeps the promise, as an item of `policies`.
 * @param isTooMany others keep more, so it has to take away
 */
export function policyFor({ id, when, keepPercent }: SamplingPromise, isTooMany: boolean): string {
  const condition = conditionFor(when);
  const name = yamlText(id);
  if (!condition) return [`- name: ${name}`, ...share(keepPercent)].join('\n');
  if (keepPercent === 100) return [`- name: ${name}`, ...indented(condition, 2)].join('\n');
  const type = isTooMany ? 'drop' : 'and';
  const portion = isTooMany ? not(`${id}-share`, share(keepPercent)) : share(keepPercent);
  return [
    `- name: ${name}`,
    `  type: ${type}`,
    `  ${type}:`,
    `    ${type}_sub_policy:`,
    `      - name: ${yamlText(`${id}-match`)}`,
    ...indented(condition, 8),
    ...(keepPercent === 0
      ? []
      : [`      - name: ${yamlText(`${id}-${isTooMany ? 'surplus' : 'share'}`)}`, ...indented(portion, 6)]),
  ].join('\n');
}

/** Sub-policies for a drop policy that spare what the promises keep whole. */
export function sparing(promises: readonly SamplingPromise[]): string {
  return promises
    .flatMap(({ id, when }) => {
      const condition = conditionFor(when);
      return condition
        ? [`- name: ${yamlText(`not-${id}`)}`, ...not(`${id}-match`, indented(condition, 2))]
        : [];
    })
    .join('\n');
}

/** The rest of an item that negates a policy; the policy's lines are indented by two. */
function not(name: string, policy: readonly string[]): readonly string[] {
  return [
    '  type: not',
    '  not:',
    '    not_sub_policy:',
    `      name: ${yamlText(name)}`,
    ...indented(policy, 4),
  ];
}

/** Undefined: all traces. */
function conditionFor(when: SamplingPromise['when']): readonly string[] | undefined {
  switch (when.kind) {
    case 'error':
      return ['type: status_code', 'status_code:', '  status_codes: [ERROR]'];
    case 'slow':
      return ['type: latency', 'latency:', `  threshold_ms: ${when.ms - 1}`];
    case 'path':
      return [
        'type: string_attribute',
        'string_attribute:',
        `  key: ${PATH_ATTRIBUTE}`,
        `  values: ${yamlList(when.paths)}`,
      ];
    case 'any':
      return undefined;
  }
}

/** The rest of an item that keeps a share, indented by two. */
function share(keepPercent: number): readonly string[] {
  return indented(
    keepPercent >= 100
      ? ['type: always_sample']
      : ['type: probabilistic', 'probabilistic:', `  sampling_percentage: ${keepPercent}`],
    2,
  );
}

function indented(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => `${' '.repeat(by)}${line}`);
}
