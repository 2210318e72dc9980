import type { LintRule } from './lib/rule.ts';

/** A variable without a value: what it decides cannot be looked at. */
const rule: LintRule = {
  id: 'unset-variable',
  title: 'A variable has no value here, and no default',
  check({ unset }) {
    return unset.map(({ name, line }) => ({
      severity: 'warning',
      line,
      what: `$\{${name}} has no value here, and no default`,
      consequence: 'It is taken for empty, so the default of the Collector was looked at.',
      effect: null,
      remedy: `Say it with --env ${name.replace(/^env:/, '')}=VALUE, or give it a default: $\{${name}:-VALUE}.`,
    }));
  },
};

export default rule;
