import { DRAIN_MS, onShutdown } from './shutdown.ts';

/** After a failure, at least. */
const PAUSE_MS = 1000;

/**
 * Does something over and over until the process ends, each time `everyMs` after the last, or so many milliseconds as
 * `once` resolves to. A failure is said and not the end.
 */
export function repeatedly(title: string, everyMs: number, once: () => Promise<number | undefined>): void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    let pauseMs = everyMs;
    try {
      pauseMs = (await once()) ?? everyMs;
    } catch (thrown) {
      console.error(`${title}: ${thrown instanceof Error ? thrown.message : thrown}`);
      pauseMs = Math.max(everyMs, PAUSE_MS);
    }
    if (!stopped) timer = setTimeout(next, pauseMs);
  };
  const next = (): void => {
    running = round();
  };
  timer = setTimeout(next, everyMs);
  const stop = (): Promise<void> => {
    stopped = true;
    clearTimeout(timer);
    return running;
  };
  onShutdown(title, DRAIN_MS, stop, 'work');
}
