/** Says that an answer did not come in time; recorded as such on the client's span. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'ETIMEDOUT';
}

/**
 * A time by which one or several calls must have ended. Use it with `using`, so that its timer goes with the scope:
 * `AbortSignal.timeout` would keep one timer for each call until it expires.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = setTimeout(
      () => this.#controller.abort(new DeadlineError(`no answer within ${ms} ms`)),
      ms,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
