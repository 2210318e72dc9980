/** What the run's archive kept, as it would be at another rate. */
import type { SamplingPromise } from '../../harness/contracts.ts';
import { wilson } from '../lib/wilson.ts';
import type { Measured } from './measured.ts';
import { type StrategyInput, total, type Volume, volumeOf } from './table.ts';

export interface KeptRow {
  readonly promise: string;
  readonly title: string;
  readonly requests: number;
  /** Of all requests, 0 to 1; null without requests. */
  readonly share: number | null;
  readonly promisedPercent: number;
  /** Kept whole, of the requests, in percent; null without requests. */
  readonly keptPercent: number | null;
  /** Traces that the run's own configuration keeps by what was recorded. */
  readonly predicted: number;
  readonly whole: number;
  readonly part: number;
  /** At the other rate; traces kept in part count as well, for they take room. */
  readonly kept: Volume;
  /** Traces per second between which the run leaves it open, with 95 % confidence, if its requests are a sample of all. */
  readonly between: { readonly least: number; readonly most: number };
}

export interface Kept {
  readonly rows: readonly KeptRow[];
  readonly kept: Volume;
}

/** The run's classes, each scaled by the rates. */
export function extrapolated(
  { classes, requests }: Measured,
  promises: readonly SamplingPromise[],
  ratePerS: number,
  { bytesOf, pricePerGb }: Pick<StrategyInput, 'bytesOf' | 'pricePerGb'>,
): Kept {
  const rows = promises.map((promise): KeptRow => {
    const own = classes.find((each) => each.promise === promise.id);
    const [count, whole, part] = [own?.requests ?? 0, own?.whole ?? 0, own?.part ?? 0];
    const share = requests === 0 ? null : count / requests;
    const keptPercent = count === 0 ? null : (whole / count) * 100;
    const keptShare = requests === 0 ? 0 : (whole + part) / requests;
    const { low, high } = wilson(whole + part, requests);
    return {
      promise: promise.id,
      title: promise.title,
      requests: count,
      share,
      promisedPercent: promise.keepPercent,
      keptPercent,
      predicted: own?.predicted ?? 0,
      whole,
      part,
      kept: volumeOf(keptShare * ratePerS, bytesOf(promise), pricePerGb),
      between: { least: low * ratePerS, most: high * ratePerS },
    };
  });
  return { rows, kept: total(rows.map((row) => row.kept)) };
}
