/**
 * Ends the process in order on SIGTERM and SIGINT: what was opened last is closed first, so the server goes before
 * the database pool, and the telemetry, which is preloaded, goes last and takes the spans of all before it along.
 */
interface Step {
  readonly title: string;
  readonly deadlineMs: number;
  readonly close: () => Promise<unknown>;
}

const steps: Step[] = [];
let stopping = false;

/** Registers a step. `close` is given up after `deadlineMs`: one stuck part must not keep the others from closing. */
export function onShutdown(title: string, deadlineMs: number, close: () => Promise<unknown>): void {
  if (steps.length === 0)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  steps.push({ title, deadlineMs, close });
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const step of steps.reverse()) {
    try {
      await within(step.deadlineMs, step.close());
    } catch (thrown) {
      console.error(`shutdown: ${step.title}: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
  }
  process.exit(0);
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
