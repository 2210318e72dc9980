import { number } from '../lib/text.ts';
import type { Sampler } from './lib/configuration.ts';
import { effectOf } from './lib/effect.ts';
import type { Expectations, LintRule, Remark } from './lib/rule.ts';
import { seconds } from './lib/text.ts';

/** How long a span may lie in the SDK after its end: the default of OTEL_BSP_SCHEDULE_DELAY. */
const EXPORT_MS = 5000;

/** The decision falls before the last spans of a long trace are there. */
const rule: LintRule = {
  id: 'decision-wait-too-short',
  title: 'The decision falls before a long trace is complete',
  check({ samplers }, expectations) {
    return samplers.flatMap((sampler) => [...waitRemark(sampler, expectations), ...rootRemark(sampler)]);
  },
};

function waitRemark({ decisionWaitMs }: Sampler, expectations: Expectations): readonly Remark[] {
  const { longestMs, ratePerS, slowShare } = expectations;
  const { value: waitMs, line } = decisionWaitMs;
  const neededMs = longestMs + EXPORT_MS;
  if (waitMs >= neededMs) return [];
  const isCut = waitMs < longestMs;
  const slowFrom = Math.min(longestMs, ...slowThresholds(expectations));
  const cutShare = (longestMs - Math.max(waitMs, slowFrom)) / Math.max(1, longestMs - slowFrom);
  return [
    {
      severity: isCut ? 'error' : 'warning',
      line,
      what: `decision_wait is ${seconds(waitMs)}, though a trace may take ${seconds(longestMs)} and its last spans lie in the SDK for up to ${seconds(EXPORT_MS)} more`,
      consequence: isCut
        ? `A trace of more than ${seconds(waitMs)} is decided on without its end, which is where it turns out to be slow or failed. The figures suppose that slow traces lie evenly up to ${number(longestMs)} ms.`
        : 'Spans that come after the decision are late: a longest trace is decided on in part when an SDK exports every five seconds, as is its default.',
      effect: isCut ? effectOf('lost', ratePerS * slowShare * cutShare, expectations) : null,
      remedy: 'Wait for the longest time-out and the export after it:',
      yaml: `decision_wait: ${Math.ceil(neededMs / 1000)}s`,
    },
  ];
}

function slowThresholds({ promises }: Expectations): readonly number[] {
  return promises.flatMap(({ when, keepPercent }) =>
    when.kind === 'slow' && keepPercent === 100 ? [when.ms] : [],
  );
}

function rootRemark({ waitAfterRootMs, decisionWaitMs }: Sampler): readonly Remark[] {
  const { value: waitMs, line } = waitAfterRootMs;
  if (waitMs <= 0 || waitMs >= EXPORT_MS || waitMs >= decisionWaitMs.value) return [];
  return [
    {
      severity: 'warning',
      line,
      what: `decision_wait_after_root_received is ${seconds(waitMs)}, though spans of the other services may come up to ${seconds(EXPORT_MS)} after the root`,
      consequence: 'The decision falls without them: an error that only they show is not seen.',
      effect: null,
      remedy: 'Leave it out, or wait for one export of the SDKs:',
      yaml: `decision_wait_after_root_received: ${EXPORT_MS / 1000}s`,
    },
  ];
}

export default rule;
