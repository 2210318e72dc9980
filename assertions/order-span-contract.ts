import { answersByStatus, contractFlaws } from './lib/contract-flaws.ts';
import { defineAssertion } from './lib/define.ts';
import { findingOf } from './lib/flaws.ts';
import { contractSchema } from './lib/span-contract.ts';
import { number } from './lib/text.ts';

export default defineAssertion({
  id: 'order-span-contract',
  title: 'Every order is traced step by step',
  promise:
    'Each order is one span with a child for each step that its answer stands for, with the stated attributes; each error carries a message and its exception.',
  needs: ['ledger', 'recording'],
  options: contractSchema,
  async judge(evidence, contract) {
    const { service, method, route, root, mustOccur } = contract;
    const answers = await answersByStatus(evidence, contract);
    const total = answers.reduce((sum, row) => sum + row.count, 0);
    const missing = mustOccur.filter((status) => !answers.some(({ answer }) => answer === status));
    const name = `${method} ${route}`;
    const byStatus = answers.map((row) => `${number(row.count)} x ${row.answer ?? 'no answer'}`);
    return findingOf(await contractFlaws(evidence, contract), {
      expected: `each ${name} of ${service} has one ${root} with the steps of its answer and their attributes; errors with message and exception`,
      healthy: total === 0 ? `no ${name}` : `all have: ${byStatus.join(', ')}`,
      figures: {
        orders: total,
        ...Object.fromEntries(answers.map((row) => [`orders.${row.answer ?? 'noAnswer'}`, row.count])),
      },
      untested:
        missing.length === 0
          ? undefined
          : `no ${name} of ${service} was answered ${missing.join(' or ')}, so its contract was not tested`,
    });
  },
});
