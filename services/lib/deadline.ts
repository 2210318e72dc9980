import { onOff, readSettings } from './settings.ts';

const settings = readSettings({
  // off = no call of this service has a time-out, and what its caller allows is not looked at.
  DEADLINES: onOff('on'),
});

/** The header by which a caller says how many milliseconds it will go on waiting. */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** Says that an answer did not come in time; recorded as such on the client's span. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'ETIMEDOUT';
}

/** A limit in milliseconds, or 0 (none) where deadlines are switched off. */
export function limitMs(ms: number): number {
  return settings.DEADLINES === 'off' ? 0 : ms;
}

/**
 * A time by which one or several calls must have ended. Use it with `using`, so that its timer goes with the scope:
 * `AbortSignal.timeout` would keep one timer for each call until it expires.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #endsAt: number | undefined;

  /** @param ms 0 = no deadline; so is every one where deadlines are switched off */
  constructor(ms: number) {
    const limit = limitMs(ms);
    if (limit === 0) return;
    this.#endsAt = performance.now() + limit;
    this.#timer = setTimeout(
      () => this.#controller.abort(new DeadlineError(`no answer within ${Math.round(limit)} ms`)),
      limit,
    );
  }

  /** At most `ms` from now, and no later than the caller goes on waiting by its header. */
  static within(ms: number, header: string | undefined): Deadline {
    const left = header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
    // What is over already still gets a millisecond: it fails as late, in the one way in which calls fail as late.
    return new Deadline(left === undefined ? ms : Math.max(1, ms === 0 ? left : Math.min(ms, left)));
  }

  /** At most `ms` from now, and no later than this one. */
  shortened(ms: number): Deadline {
    const left = this.leftMs;
    return new Deadline(left === undefined ? ms : Math.max(1, Math.min(ms, left)));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds that are left, at least 0; undefined without a deadline. */
  get leftMs(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.max(0, Math.floor(this.#endsAt - performance.now()));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
