import { HttpClient } from 'toxiproxy-node-client/dist/HttpClient.js';

/**
 * The transport of toxiproxy-node-client with what the original lacks: a deadline for each call, and errors that say what was
 * asked and carry Toxiproxy's own text.
 */
export class ToxiproxyHttp extends HttpClient {
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    super();
    this.#timeoutMs = timeoutMs;
  }

  override async get<T>(url: string): Promise<{ data: T }> {
    return { data: JSON.parse(await this.#call('GET', url)) };
  }

  override async post<T>(url: string, body?: unknown): Promise<{ data: T }> {
    const text = await this.#call('POST', url, body);
    // /reset answers with no body.
    return { data: JSON.parse(text === '' ? 'null' : text) };
  }

  override async delete(url: string): Promise<void> {
    await this.#call('DELETE', url);
  }

  override async getText(url: string): Promise<string> {
    return this.#call('GET', url);
  }

  async #call(method: string, url: string, body?: unknown): Promise<string> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const what = `Toxiproxy: ${method} ${url}`;
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(url, {
        method,
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await answer.text();
    } catch (error) {
      const why = signal.aborted ? `no answer within ${this.#timeoutMs} ms` : causeOf(error);
      throw new Error(`${what}: ${why}`, { cause: error });
    }
    if (!answer.ok) throw new ToxiproxyRefusal(what, answer.status, errorText(text));
    return text;
  }
}

/** Toxiproxy answered with an error. */
export class ToxiproxyRefusal extends Error {
  override readonly name = 'ToxiproxyRefusal';
  readonly status: number;
  /** Toxiproxy's own words, e.g. `toxic not found`. */
  readonly reason: string;

  constructor(what: string, status: number, reason: string) {
    super(`${what}: ${reason} (status ${status})`);
    this.status = status;
    this.reason = reason;
  }
}

/** fetch says no more than `fetch failed`; what failed is in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function errorText(body: string): string {
  try {
    const { error } = JSON.parse(body);
    return typeof error === 'string' ? error : body;
  } catch {
    return body.trim();
  }
}
