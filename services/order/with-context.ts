import { context, propagation } from '@opentelemetry/api';
import type { Task, Tasks } from './store.ts';

/** Tasks with the context of the active span, by hand: a queue has no instrumentation that would inject it. */
export function withContext(tasks: readonly Task[]): Tasks {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return { tasks, traceparent: carrier.traceparent ?? '' };
}
