import type { Finding } from '../../harness/contracts.ts';

/** Something beyond its bounds. */
export interface Breach {
  readonly text: string;
  /** Why it proves nothing: chance, or whoever measures, may be to blame. */
  readonly doubt?: string | undefined;
}

/**
 * A breach that is certain makes it fail, whatever else is not known; else what is not known, and what is doubtful, makes
 * it inconclusive.
 */
export function conclude(
  breaches: readonly Breach[],
  unknown: readonly string[],
): Pick<Finding, 'verdict' | 'because'> {
  const certain = breaches.filter(({ doubt }) => doubt === undefined).map(({ text }) => text);
  if (certain.length > 0) return { verdict: 'fail', because: certain.join('; ') };
  const open = [...unknown, ...breaches.map(({ text, doubt }) => `${text}; but ${doubt}`)];
  if (open.length > 0) return { verdict: 'inconclusive', because: open.join('; ') };
  return { verdict: 'pass' };
}
