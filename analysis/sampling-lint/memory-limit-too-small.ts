import { number } from '../lib/text.ts';
import type { Configuration, MemoryLimiter, Sampler } from './lib/configuration.ts';
import { effectOf } from './lib/effect.ts';
import { promisedTracesPerS, ratePerCollector } from './lib/estimate.ts';
import { isTailSampling, typeOf } from './lib/pipelines.ts';
import type { Expectations, LintRule, Remark } from './lib/rule.ts';
import { seconds } from './lib/text.ts';

const MIB = 1_048_576;
/** The limiter counts what the garbage collector has not freed yet. */
const GARBAGE = 2;
const ADVISED_MIB = 256;

/** The memory limiter refuses spans under the load that was promised, or there is none. */
const rule: LintRule = {
  id: 'memory-limit-too-small',
  title: 'The memory limit is less than the traces that wait',
  check(configuration, expectations) {
    return configuration.samplers.flatMap((sampler) =>
      limitersOf(configuration, sampler).flatMap((limiter) =>
        limiter ? limitRemark(limiter, sampler, expectations) : absentRemark(sampler, expectations),
      ),
    );
  },
};

/** Of each way through the sampler, the limiter before it; undefined where there is none. */
function limitersOf(
  { ways, memoryLimiters }: Configuration,
  { id }: Sampler,
): readonly (MemoryLimiter | undefined)[] {
  const limiters = ways.flatMap(({ processors }) => {
    const at = processors.findIndex((step) => isTailSampling(step) && step.id === id);
    if (at < 0) return [];
    const limiter = processors.slice(0, at).find((step) => typeOf(step.id) === 'memory_limiter');
    return [limiter && memoryLimiters.get(limiter.id)];
  });
  return [...new Set(limiters)];
}

function needOf({ decisionWaitMs }: Sampler, expectations: Expectations) {
  const rate = ratePerCollector(expectations);
  const bytes = (rate * expectations.bytesPerTrace * decisionWaitMs.value) / 1000;
  const text = `${number(rate)} traces/s x ${number(expectations.bytesPerTrace)} bytes x ${seconds(decisionWaitMs.value)} = ${mib(bytes)}`;
  const limitMib = Math.ceil((bytes * GARBAGE) / MIB / 0.75 / ADVISED_MIB) * ADVISED_MIB;
  const yaml = `memory_limiter:\n  check_interval: 1s\n  limit_mib: ${limitMib}\n  spike_limit_mib: ${limitMib / 4}`;
  return { bytes, text, yaml };
}

function limitRemark(
  { id, line, softLimitBytes }: MemoryLimiter,
  sampler: Sampler,
  expectations: Expectations,
): readonly Remark[] {
  const { bytes, text, yaml } = needOf(sampler, expectations);
  const remedy = 'Twice what waits, and a quarter of the limit for peaks:';
  if (softLimitBytes === undefined)
    return [
      {
        severity: 'info',
        line,
        what: `${id} has no limit_mib: its limit depends on the machine`,
        consequence: `The traces that wait need ${text}, twice that with what is not collected yet.`,
        effect: null,
        remedy: 'See that the machine has it, or set it:',
        yaml,
      },
    ];
  if (softLimitBytes >= bytes * GARBAGE) return [];
  const isOver = softLimitBytes < bytes;
  const lost = promisedTracesPerS(expectations) * (1 - softLimitBytes / bytes);
  return [
    {
      severity: isOver ? 'error' : 'warning',
      line,
      what: `${id} refuses spans from ${mib(softLimitBytes)} on (limit less spike limit), though the traces that wait need ${text}${isOver ? '' : ', twice that with what is not collected yet'}`,
      consequence: isOver
        ? 'What does not fit is refused all the time. SDKs send it again, and drop it when their queues are full.'
        : 'Spans are refused at peaks; SDKs send them again, and drop them when their queues are full.',
      effect: isOver ? effectOf('lost', lost, expectations) : null,
      remedy,
      yaml,
    },
  ];
}

function absentRemark(sampler: Sampler, expectations: Expectations): readonly Remark[] {
  const { text, yaml } = needOf(sampler, expectations);
  return [
    {
      severity: 'warning',
      line: sampler.line,
      what: `no memory_limiter before ${sampler.id}`,
      consequence: `The traces that wait need ${text}. At a peak the Collector is killed for memory, and loses all of them.`,
      effect: null,
      remedy: 'First in the pipeline:',
      yaml,
    },
  ];
}

function mib(bytes: number): string {
  return `${number(bytes / MIB)} MiB`;
}

export default rule;
