import type { Edge } from '../../../harness/contracts.ts';
import { number } from '../../lib/text.ts';
import { BELOW_SHARE } from '../outcomes.ts';
import type { Dependencies } from './dependencies.ts';

/** As many times more calls than the connections carry, and more than half of them wait beyond their time-out. */
const OVERLOAD = 2;

/**
 * Why calls over an edge fail though each answer comes before the time-out: the callers wait for a connection. By
 * Little's law n connections carry n / latency calls per second; who waits for longer than the time-out fails.
 * Undefined when the connections suffice, or nothing is declared of them.
 */
export function queueAt(
  { id, connections }: Edge,
  limitMs: number | undefined,
  { loads }: Dependencies,
): string | undefined {
  if (connections === undefined || limitMs === undefined) return undefined;
  const latencyMs = limitMs * BELOW_SHARE;
  const carried = connections / (latencyMs / 1000);
  const made = loads.find(({ edge }) => edge === id)?.callsPerS ?? 0;
  if (made < carried * OVERLOAD) return undefined;
  return `with ${number(latencyMs)} ms an answer ${connections} connections carry ${number(carried, 1)} calls/s, and ${number(made, 1)} are made`;
}
