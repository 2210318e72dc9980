import { number } from '../lib/text.ts';
import { classesOf } from './lib/classes.ts';
import { partsOf } from './lib/conditions.ts';
import { effectOnClass } from './lib/effect.ts';
import { onBoundary } from './lib/intended.ts';
import type { LintRule } from './lib/rule.ts';
import { boundaryShare } from './lib/shares.ts';

/** A latency threshold that equals the promise: the sampler compares whole milliseconds, and not with `>=`. */
const rule: LintRule = {
  id: 'threshold-at-the-boundary',
  title: 'A latency threshold is the promised duration itself',
  check({ samplers }, expectations) {
    const conditions = samplers.flatMap(({ policies }) =>
      policies.filter(({ isDrop }) => !isDrop).flatMap(({ condition }) => [...partsOf(condition)]),
    );
    return conditions.flatMap((condition) => {
      const boundary = onBoundary(condition, expectations.promises);
      if (!boundary || boundary.promise.keepPercent < 100) return [];
      const { ms, promise } = boundary;
      const of = classesOf(expectations).find((each) => each.promise === promise);
      return [
        {
          severity: 'error',
          line: condition.line,
          what: `policy ${condition.name} has threshold_ms ${ms}, the promised ${number(ms)} ms itself: the sampler compares whole milliseconds, with > in Collector 0.161 and with >= in 0.140`,
          consequence: `Traces of ${number(ms)} ms to less than ${number(ms + 1)} ms are kept by one release and lost by the other. The figures suppose that slow traces lie evenly up to ${number(expectations.longestMs)} ms.`,
          effect: of
            ? effectOnClass('lost', boundaryShare(ms, expectations.longestMs), of, expectations)
            : null,
          remedy: 'Go one millisecond below, which keeps the promise in both:',
          yaml: `threshold_ms: ${ms - 1}`,
        },
      ];
    });
  },
};

export default rule;
