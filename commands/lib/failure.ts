import { EXIT, messageOf, UserError } from '../../harness/errors.ts';
import { PartError } from '../../harness/stack/part-error.ts';

/** What is said of an error that ended a command, and the exit code. */
export function failure(error: unknown): { readonly text: string; readonly exitCode: number } {
  // A part that does not come up, mostly for a setting that it refuses: its log tail says more than our stack trace.
  if (error instanceof UserError || error instanceof PartError)
    return { text: `chaoscope: ${error.message}\n`, exitCode: EXIT.usage };
  // Not the user's fault: a defect of chaoscope, so the stack trace is what its developers need.
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { text: `chaoscope: internal error: ${messageOf(error)}\n${stack}\n`, exitCode: EXIT.internal };
}
