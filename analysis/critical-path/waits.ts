import { readyUs } from './ready.ts';
import type { TraceTree } from './tree.ts';

/**
 * How many of a span's children are over when the given one begins: those before this place of `children`, which is
 * sorted by readyUs. It is taken to have waited for all of them, for the last one of them in effect. That is the happens-before
 * relation of CRISP (Zhang et al., USENIX ATC 2022), within what the clocks can tell.
 * @param place of the child in `children`
 */
export function over({ spans }: TraceTree, children: readonly number[], place: number): number {
  const beginsUs = spans[children[place] ?? -1]?.startUs ?? 0;
  // It does not wait for itself, nor for what is ready after it.
  let [low, high] = [0, place];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = spans[children[middle] ?? -1];
    if (other && readyUs(other) <= beginsUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
