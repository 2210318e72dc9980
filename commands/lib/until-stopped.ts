import { abortOnSignals } from '../../harness/cleanup.ts';
import { EXIT, Interrupted } from '../../harness/errors.ts';

/**
 * Runs something that cleans up when its signal aborts; Ctrl-C and SIGTERM abort it. Resolves to its exit code, or to
 * 130 when it was stopped and cleaned up.
 */
export async function untilStopped(action: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const print = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  controller.signal.addEventListener('abort', () => print('stopping, cleaning up …'), { once: true });
  const giveSignalsBack = abortOnSignals({
    controller,
    print,
    giveUp: () => {
      print('not waiting any longer; the keeper process cleans up');
      process.exit(EXIT.interrupted);
    },
  });
  try {
    return await action(controller.signal);
  } catch (error) {
    if (error instanceof Interrupted) {
      print(`${error.message}; everything is cleaned up`);
      return EXIT.interrupted;
    }
    throw error;
  } finally {
    giveSignalsBack();
  }
}
