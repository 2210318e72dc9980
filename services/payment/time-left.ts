import type { Deadline } from '../lib/deadline.ts';
import { ProviderFailure } from './provider-client.ts';

/** What it takes to write down how a try has ended, and perhaps another one, and to answer. */
const BESIDES_MS = 200;

/**
 * How long a provider may be asked, so that the caller has its answer while it still waits: what is left, less what comes after.
 * When that is little it is half, as a provider mostly answers long before its time-out. Undefined when the caller sets no
 * deadline; throws ProviderFailure when it is over.
 * @param laterMs what another provider may take after this one
 */
export function askForMs({ leftMs }: Pick<Deadline, 'leftMs'>, laterMs: number): number | undefined {
  if (leftMs === undefined) return undefined;
  if (leftMs === 0)
    throw new ProviderFailure('the caller waits no longer', { charged: 'no', timedOut: true });
  return Math.max(leftMs - laterMs - BESIDES_MS, Math.ceil(leftMs / 2));
}
