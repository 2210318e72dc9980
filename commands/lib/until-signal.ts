import { EXIT } from '../../harness/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs something that has nothing to end but what goes when the process exits (the temporary folders of the evidence):
 * a signal ends it at once, with exit code 130. By default a signal ends a process without its exit handlers.
 */
export async function untilSignal<Outcome>(action: () => Promise<Outcome>): Promise<Outcome> {
  const end = (): void => process.exit(EXIT.interrupted);
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await action();
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}
