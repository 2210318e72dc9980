/** What a configuration keeps of each promise, beside what was promised. */
import { classesOf, type TraceClass } from './classes.ts';
import type { Configuration, Sampler } from './configuration.ts';
import { type Volume, volumeOf } from './effect.ts';
import { isTailSampling, type Step, typeOf, type Way } from './pipelines.ts';
import type { Expectations } from './rule.ts';
import { kept, type Share } from './shares.ts';

export interface PromiseEstimate {
  readonly promise: string;
  readonly title: string;
  /** Shares, 0 to 1. */
  readonly promised: number;
  readonly kept: Share;
  /** Traces of it per second before sampling; null when its share of the traffic is not known. */
  readonly tracesPerS: number | null;
}

export interface Estimate {
  readonly promises: readonly PromiseEstimate[];
  readonly promised: Volume;
  readonly kept: { readonly least: Volume; readonly most: Volume };
}

/** A way on which no tail_sampling decides. */
export function isUnsampled(way: Way): boolean {
  return !way.processors.some(isTailSampling);
}

/** Processors on the way that drop spans without a policy of tail_sampling. */
export function thinners(way: Way): readonly Step[] {
  return way.processors.filter(({ id }) => ['filter', 'probabilistic_sampler'].includes(typeOf(id)));
}

/** Of the first sampler; everything, where a way leads past it. */
export function estimateOf({ ways, samplers }: Configuration, expectations: Expectations): Estimate {
  const { promises, ratePerS, longestMs } = expectations;
  const sampler = ways.some(isUnsampled) ? undefined : samplers[0];
  const isThinned = ways.some((way) => thinners(way).length > 0);
  const classes = classesOf(expectations).map((of) => {
    const share = keptOf(sampler, of, longestMs);
    return { of, kept: isThinned ? { ...share, least: 0 } : share };
  });
  const total = (share: (each: (typeof classes)[number]) => number) =>
    volumeOf(
      classes.reduce((sum, each) => sum + share(each) * (each.of.share ?? 0) * ratePerS, 0),
      expectations,
    );
  return {
    promises: promises.flatMap((promise) => {
      const own = classes.filter(({ of }) => of.promise === promise);
      if (own.length === 0) return [];
      const share = own.length === 1 ? (own[0]?.of.share ?? null) : null;
      return [
        {
          promise: promise.id,
          title: promise.title,
          promised: promise.keepPercent / 100,
          kept: {
            least: Math.min(...own.map((each) => each.kept.least)),
            most: Math.max(...own.map((each) => each.kept.most)),
          },
          tracesPerS: share === null ? null : share * ratePerS,
        },
      ];
    }),
    promised: total(({ of }) => of.promise.keepPercent / 100),
    kept: { least: total((each) => each.kept.least), most: total((each) => each.kept.most) },
  };
}

function keptOf(sampler: Sampler | undefined, of: TraceClass, longestMs: number): Share {
  return sampler ? kept(sampler.policies, of, longestMs) : { least: 1, most: 1 };
}

/** Traces per second that were promised to be kept. */
export function promisedTracesPerS(expectations: Expectations): number {
  return classesOf(expectations).reduce(
    (sum, { share, promise }) => sum + (share ?? 0) * (promise.keepPercent / 100) * expectations.ratePerS,
    0,
  );
}

/** Traces per second that each Collector gets. */
export function ratePerCollector({ ratePerS, collectors }: Expectations): number {
  return ratePerS / Math.max(1, collectors);
}
