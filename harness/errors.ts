/** Exit codes of every command. Scripts rely on them: never renumber. */
export const EXIT = {
  pass: 0,
  fail: 1,
  usage: 2,
  inconclusive: 3,
  notRestored: 4,
  /** A defect of chaoscope itself, with its stack trace: nothing is said of the system. EX_SOFTWARE of sysexits.h. */
  internal: 70,
  interrupted: 130,
} as const;

/**
 * A fault of the user's input or machine, not of the program: wrong usage, configuration or a missing
 * prerequisite. Shown without a stack trace, exit code 2. Say what, where, and what is allowed or to be done.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The run was stopped by Ctrl-C or SIGTERM; exit code 130 after cleaning up. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(signal: string) {
    super(`stopped by ${signal}`);
  }
}

/** Something could not be reverted, stopped or removed; exit code 4, whatever else went wrong (`cause`). */
export class NotRestored extends Error {
  override readonly name = 'NotRestored';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause: unknown) {
    super(`${messageOf(cause)}\nNOT everything could be restored:\n  ${problems.join('\n  ')}`, { cause });
    this.problems = problems;
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Whether what was thrown is an error of the system with this code, such as ENOENT. */
export function isErrorCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
