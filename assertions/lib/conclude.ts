import type { Finding } from '../../harness/contracts.ts';

/** A breach that is certain makes it fail, whatever else is not known; else what is not known makes it inconclusive. */
export function conclude(
  breaches: readonly string[],
  unknown: readonly string[],
): Pick<Finding, 'verdict' | 'because'> {
  if (breaches.length > 0) return { verdict: 'fail', because: breaches.join('; ') };
  if (unknown.length > 0) return { verdict: 'inconclusive', because: unknown.join('; ') };
  return { verdict: 'pass' };
}
