import { successorOf } from './lib/attributes.ts';
import { classesOf } from './lib/classes.ts';
import type { Condition } from './lib/conditions.ts';
import { effectOf } from './lib/effect.ts';
import { promisedTracesPerS } from './lib/estimate.ts';
import { vetoOf } from './lib/intended.ts';
import type { Expectations, LintRule } from './lib/rule.ts';
import { matched } from './lib/shares.ts';
import { yamlList, yamlText } from './lib/text.ts';

/** `invert_match: true` as a policy of its own, which was a veto once and keeps all else since 0.144. */
const rule: LintRule = {
  id: 'invert-match-trap',
  title: 'invert_match keeps everything else, it vetoes nothing',
  check({ samplers }, expectations) {
    return samplers.flatMap(({ policies }) =>
      policies.flatMap((policy) => {
        const veto = vetoOf(policy);
        if (!veto) return [];
        const setting = policy.condition.kind === 'not' ? '`not`' : '`invert_match: true`';
        return [
          {
            severity: 'error',
            line: policy.line,
            what: `policy ${policy.name} excludes by ${setting}: since Collector 0.144 that is no veto, it keeps every trace that does not match`,
            consequence: isAlmostAll(policy.condition, expectations)
              ? 'It keeps 100 % of the traffic, whatever the other policies say.'
              : 'It keeps every trace but those that match, whatever the other policies say.',
            effect: effectOf(
              'surplus',
              expectations.ratePerS - promisedTracesPerS(expectations),
              expectations,
            ),
            remedy: 'Replace it by a drop policy, which comes before all others and wins:',
            yaml: dropPolicy(policy.name, veto),
          },
        ];
      }),
    );
  },
};

/** Of the traffic whose path has no promise of its own. */
function isAlmostAll(condition: Condition, expectations: Expectations): boolean {
  return classesOf(expectations)
    .filter(({ path }) => path === undefined)
    .every((of) => matched(condition, of, expectations.longestMs).least === 1);
}

function dropPolicy(name: string, veto: Condition): string {
  const settings =
    veto.kind === 'string'
      ? [
          `key: ${yamlText(successorOf(veto.key) ?? veto.key)}`,
          `values: ${yamlList(veto.values)}`,
          ...(veto.isRegex ? ['enabled_regex_matching: true'] : []),
        ]
      : ['# its settings as they are, without invert_match'];
  return [
    `- name: ${yamlText(name)}`,
    '  type: drop',
    '  drop:',
    '    drop_sub_policy:',
    `      - name: ${yamlText(`${name}-match`)}`,
    `        type: ${veto.type}`,
    `        ${veto.type}:`,
    ...settings.map((setting) => `          ${setting}`),
  ].join('\n');
}

export default rule;
