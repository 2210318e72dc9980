/**
 * Ends the process in order on SIGTERM and SIGINT, stage by stage. What belongs to a stage closes at the same time, so
 * that none of the loops takes new work while another ends the work that it has. The telemetry is the last stage and
 * takes the spans of all before it along.
 */
interface Step {
  readonly title: string;
  readonly deadlineMs: number;
  readonly close: () => Promise<unknown>;
  readonly stage: Stage;
}

/** Requests and loops; what they work with; the database, which both need; the telemetry, which tells of them all. */
const STAGES = ['work', 'helpers', 'database', 'telemetry'] as const;
export type Stage = (typeof STAGES)[number];

/** How long all stages may take together: less than the ten seconds after which the harness kills a service. */
export const SHUTDOWN_MS = 9000;
/** Kept of it for the telemetry, however stuck the rest is. */
const TELEMETRY_MS = 3000;
/** How long requests and loops may take to end what they have begun: an order may be waiting for Stripe. */
export const DRAIN_MS = 5000;

const steps: Step[] = [];
let stopping = false;

/**
 * Registers a step. `close` must stop taking work before it waits for anything. It is given up after `deadlineMs`, or
 * when the time of all is up: one stuck part must not keep the others from closing.
 */
export function onShutdown(
  title: string,
  deadlineMs: number,
  close: () => Promise<unknown>,
  stage: Stage = 'helpers',
): void {
  if (steps.length === 0)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  steps.push({ title, deadlineMs, close, stage });
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  const begun = performance.now();
  for (const stage of STAGES) {
    const end = begun + SHUTDOWN_MS - (stage === 'telemetry' ? 0 : TELEMETRY_MS);
    const leftMs = Math.max(0, Math.round(end - performance.now()));
    await Promise.all(steps.filter((step) => step.stage === stage).map((step) => closeWithin(leftMs, step)));
  }
  process.exit(0);
}

async function closeWithin(leftMs: number, { title, deadlineMs, close }: Step): Promise<void> {
  const ms = Math.min(leftMs, deadlineMs);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([close(), deadline]);
  } catch (thrown) {
    console.error(`shutdown: ${title}: ${thrown instanceof Error ? thrown.message : thrown}`);
  } finally {
    clearTimeout(timer);
  }
}
