import { Pool } from 'undici';
import { DEADLINE_HEADER, type Deadline, DeadlineError } from './deadline.ts';
import { HttpError } from './http-error.ts';
import { createRetry } from './retry.ts';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadline: Deadline;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** There was no answer: refused, reset, or cut off. */
class Unreachable extends HttpError {}

/**
 * Calls another service over a pool of kept connections. The trace context travels by itself: the instrumentation of
 * undici adds `traceparent` to each request (by-hand.ts shows what it does). What is left of the deadline travels, too.
 */
export class ServiceClient {
  readonly name: string;
  /** `http://host:port` */
  readonly origin: string;
  readonly #pool: Pool;
  readonly #retry = createRetry((error) => error instanceof Unreachable);

  constructor(name: string, origin: string) {
    this.name = name;
    this.origin = origin;
    this.#pool = new Pool(origin, {
      // A connection for each call in flight: under a fault there are hundreds, and none may wait for another.
      connections: null,
      pipelining: 1,
      // Shorter than the server keeps them, see server.ts.
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
      connect: { timeout: 1000 },
      // The deadline alone ends a call.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Like `call`, and tries again when there was no answer; for calls that may be made twice. */
  callAgain(call: Call): Promise<Answer> {
    return this.#retry(() => this.call(call));
  }

  /**
   * Sends a call and reads the whole answer, whatever its status. Rejects with HttpError 504 when the deadline
   * passes and 503 when there is no answer.
   */
  async call({ method, path, body, headers, deadline }: Call): Promise<Answer> {
    const { leftMs } = deadline;
    try {
      const answer = await this.#pool.request({
        method,
        path,
        body,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(leftMs === undefined ? {} : { [DEADLINE_HEADER]: String(leftMs) }),
          ...headers,
        },
        signal: deadline.signal,
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  #failure(cause: unknown): HttpError {
    const who = this.name.replaceAll('-', '_');
    if (cause instanceof DeadlineError)
      return new HttpError(504, `${who}_timeout`, `${this.name} gave ${cause.message}`, { cause });
    const why = cause instanceof Error ? cause.message : String(cause);
    return new Unreachable(503, `${who}_unavailable`, `${this.name} cannot be reached: ${why}`, { cause });
  }
}

/** The answer's JSON when it is a success; else throws the other service's error as our own, status and code kept. */
export function expectSuccess(name: string, answer: Answer): unknown {
  const value = parse(name, answer);
  if (answer.status < 400) return value;
  const { code, message } = errorOf(value);
  throw new HttpError(
    answer.status,
    code ?? 'upstream_error',
    message ?? `${name} answered ${answer.status}`,
  );
}

function parse(name: string, answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch (cause) {
    throw new HttpError(502, 'upstream_error', `${name} answered ${answer.status} without JSON`, { cause });
  }
}

function errorOf(value: unknown): { code?: string; message?: string } {
  if (typeof value !== 'object' || value === null || !('error' in value)) return {};
  const { error } = value;
  if (typeof error !== 'object' || error === null) return {};
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('message' in error && typeof error.message === 'string' ? { message: error.message } : {}),
  };
}
