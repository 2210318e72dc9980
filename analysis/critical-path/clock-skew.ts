/** Times in microseconds. */
export interface Interval {
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * By how much a child of another host is moved so that it lies within its parent: not at all when it does; to the parent's
 * start when it lasts longer than the parent and begins before it; else into the middle, as if the way there and back took
 * the same time. What the child's host has recorded below it moves along. This is the method of Jaeger's clock-skew
 * adjuster (jaegertracing/jaeger, model/adjuster/clockskew.go), which the search for causes in Jaeger's UI builds upon.
 */
export function skewUs(child: Interval, parent: Interval): number {
  const childUs = child.endUs - child.startUs;
  const parentUs = parent.endUs - parent.startUs;
  if (childUs > parentUs) return Math.max(0, parent.startUs - child.startUs);
  if (child.startUs >= parent.startUs && child.endUs <= parent.endUs) return 0;
  return parent.startUs + Math.trunc((parentUs - childUs) / 2) - child.startUs;
}
