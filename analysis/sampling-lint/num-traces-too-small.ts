import { number } from '../lib/text.ts';
import { effectOf } from './lib/effect.ts';
import { promisedTracesPerS, ratePerCollector } from './lib/estimate.ts';
import type { LintRule } from './lib/rule.ts';
import { seconds } from './lib/text.ts';

/** Room for peaks. */
const HEADROOM = 2;
/** What is advised: spans that come late still find how their trace was decided. */
const ADVISED = 5;

/** The sampler forgets traces before it decides on them. */
const rule: LintRule = {
  id: 'num-traces-too-small',
  title: 'num_traces is less than what waits for a decision',
  check({ samplers }, expectations) {
    const rate = ratePerCollector(expectations);
    return samplers.flatMap(({ numTraces, decisionWaitMs, blocksWhenFull }) => {
      const waiting = (rate * decisionWaitMs.value) / 1000;
      if (numTraces.value >= waiting * HEADROOM) return [];
      const isOver = numTraces.value < waiting;
      const staysMs = (numTraces.value / rate) * 1000;
      return [
        {
          severity: isOver ? 'error' : 'warning',
          line: numTraces.line,
          what: `num_traces is ${number(numTraces.value)}, though ${number(rate)} traces/s x ${seconds(decisionWaitMs.value)} = ${number(waiting)} wait for a decision`,
          consequence: isOver
            ? blocksWhenFull
              ? 'The sampler stops taking spans until there is room (block_on_overflow), and the queues of the SDKs overflow.'
              : `A trace is pushed out after ${seconds(staysMs)} and decided on after ${seconds(decisionWaitMs.value)}: nothing is kept, whatever the policies say.`
            : `A peak of ${number(numTraces.value / waiting, 1)} times the rate pushes traces out before their decision.`,
          effect: isOver ? effectOf('lost', promisedTracesPerS(expectations), expectations) : null,
          remedy: 'Five times what waits, so that peaks fit and late spans share the fate of their trace:',
          yaml: `num_traces: ${Math.ceil(waiting * ADVISED)}`,
        },
      ];
    });
  },
};

export default rule;
