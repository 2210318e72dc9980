/** What is wrong with each field of a request, by its path (`items.0.quantity`). */
export type FieldMessages = Readonly<Record<string, string>>;

/** An answer other than success, thrown anywhere below a route and sent as `{ error: { code, message, fields? } }`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** Lower-case words joined by `_`; what clients decide by. */
  readonly code: string;
  readonly fields: FieldMessages | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { fields?: FieldMessages; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = code;
    this.fields = options.fields;
  }

  toJSON() {
    return { error: { code: this.code, message: this.message, fields: this.fields } };
  }
}

/** Whether the thrown value is an answer to the client's own mistake or a business refusal, so no failure of ours. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof HttpError && thrown.status < 500;
}
