import lossesAsDeclared from '../../../assertions/losses-as-declared.ts';
import type { EvidenceSabotage } from '../contract.ts';
import { judgedBy, tables } from '../edits.ts';
import { failedRequest, NOT_ARCHIVED } from '../statements.ts';

export default {
  level: 'evidence',
  material: 'sixty-thousand',
  title: 'one of 60,000 requests is lost where no loss is declared',
  victims: failedRequest(60),
  edits: [judgedBy(lossesAsDeclared.with({})), tables(['archive'], NOT_ARCHIVED)],
  notPassed: { 'losses-as-declared': 'fail', 'every-error-kept': 'fail' },
  stages: ['unexplained'],
} satisfies EvidenceSabotage;
