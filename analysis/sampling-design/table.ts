/** The strategy as a table: what each promise keeps of a traffic, in a second, in a day, in storage and in money. */
import type { SamplingPromise } from '../../harness/contracts.ts';
import {
  BYTES_PER_GB,
  SECONDS_PER_DAY,
  type Volume as Storage,
  volumeOf as storageOf,
} from '../sampling-lint/lib/effect.ts';
import { sharesOf, type Traffic } from './traffic.ts';

/** What some traces per second amount to. */
export interface Volume extends Storage {
  readonly tracesPerDay: number;
}

export interface StrategyRow {
  /** Id of the promise. */
  readonly promise: string;
  readonly title: string;
  readonly when: SamplingPromise['when'];
  /** Of all traces, 0 to 1; null when it is not known. */
  readonly share: number | null;
  /** Before sampling. */
  readonly tracesPerS: number | null;
  readonly keepPercent: number;
  readonly bytesPerTrace: number;
  /** Null when the share is not known. */
  readonly kept: Volume | null;
}

export interface Strategy {
  readonly rows: readonly StrategyRow[];
  /** Of the rows whose share is known. */
  readonly kept: Volume;
  readonly unsampled: Volume;
}

export interface StrategyInput {
  readonly promises: readonly SamplingPromise[];
  readonly traffic: Traffic;
  /** Bytes of a trace to which the promise applies. */
  bytesOf(promise: SamplingPromise): number;
  /** Price of 10^9 bytes. */
  readonly pricePerGb: number;
}

/** The table of the strategy that the promises make, for a traffic. */
export function strategyOf({ promises, traffic, bytesOf, pricePerGb }: StrategyInput): Strategy {
  const shares = sharesOf(promises, traffic);
  const counted = promises.map((promise, index) => {
    const share = shares[index] ?? null;
    const bytesPerTrace = bytesOf(promise);
    const tracesPerS = share === null ? null : share * traffic.ratePerS;
    return {
      all: volumeOf(tracesPerS ?? 0, bytesPerTrace, pricePerGb),
      row: {
        promise: promise.id,
        title: promise.title,
        when: promise.when,
        share,
        tracesPerS,
        keepPercent: promise.keepPercent,
        bytesPerTrace,
        kept:
          tracesPerS === null
            ? null
            : volumeOf((tracesPerS * promise.keepPercent) / 100, bytesPerTrace, pricePerGb),
      },
    };
  });
  return {
    rows: counted.map(({ row }) => row),
    kept: total(counted.flatMap(({ row }) => row.kept ?? [])),
    unsampled: total(counted.map(({ all }) => all)),
  };
}

/** What so many traces per second, each of so many bytes, amount to. */
export function volumeOf(tracesPerS: number, bytesPerTrace: number, pricePerGb: number): Volume {
  const volume = storageOf(tracesPerS, { bytesPerTrace, pricePerGb });
  return { ...volume, tracesPerDay: tracesPerS * SECONDS_PER_DAY };
}

/** The sum of volumes. */
export function total(volumes: readonly Volume[]): Volume {
  const sum = (of: (volume: Volume) => number) => volumes.reduce((before, each) => before + of(each), 0);
  return {
    tracesPerS: sum((each) => each.tracesPerS),
    tracesPerDay: sum((each) => each.tracesPerDay),
    gbPerDay: sum((each) => each.gbPerDay),
    moneyPerDay: sum((each) => each.moneyPerDay),
  };
}

/** Bytes of a trace on the average of all traffic: what waits for its decision in the Collector. */
export function meanBytes({ unsampled }: Strategy): number {
  return unsampled.tracesPerDay === 0 ? 0 : (unsampled.gbPerDay * BYTES_PER_GB) / unsampled.tracesPerDay;
}
