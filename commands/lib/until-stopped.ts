import { abortOnSignals } from '../../harness/cleanup.ts';
import { EXIT, Interrupted, NotRestored, UserError } from '../../harness/errors.ts';
import { PartError } from '../../harness/stack/part-error.ts';

/**
 * Runs something that cleans up when its signal aborts; Ctrl-C and SIGTERM abort it. Resolves to its exit code, to 130
 * when it was stopped and cleaned up, or to 4 when, however it ended, not all could be cleaned up.
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
      print('not waiting any longer: NOT everything is cleaned up yet, the keeper process goes on with it');
      process.exit(EXIT.notRestored);
    },
  });
  try {
    return await action(controller.signal);
  } catch (error) {
    if (error instanceof Interrupted) {
      print(`${error.message}; everything is cleaned up`);
      return EXIT.interrupted;
    }
    if (error instanceof NotRestored) {
      print(`chaoscope: ${error.message}`);
      if (isDefect(error.cause)) print(error.cause.stack ?? '');
      return EXIT.notRestored;
    }
    throw error;
  } finally {
    giveSignalsBack();
  }
}

/** Neither the user's doing nor a part's: its stack trace is what the developers need. */
function isDefect(cause: unknown): cause is Error {
  const isKnown = cause instanceof Interrupted || cause instanceof UserError || cause instanceof PartError;
  return cause instanceof Error && !isKnown;
}
