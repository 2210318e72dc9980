import type { RunSabotage } from '../contract.ts';

export default {
  level: 'run',
  scenario: 'auth-down',
  title: 'nobody remembers who is signed in',
  arguments: () => ['--without', 'auth-cache'],
  notPassed: { 'degraded-as-declared': 'fail' },
  // No order gets as far as a retry.
  mayTurn: { 'retries-bounded': 'inconclusive' },
} satisfies RunSabotage;
