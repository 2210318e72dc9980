/**
 * Keeps the last value of `load` for `ttlMs`. Requests that come while it loads wait for the same load, so a
 * busy route costs one load each `ttlMs`, however many ask. A failure is not kept.
 */
export function cached<T>(ttlMs: number, load: () => Promise<T>): () => T | Promise<T> {
  let value: { readonly of: T; readonly until: number } | undefined;
  let loading: Promise<T> | undefined;
  const refresh = async (): Promise<T> => {
    try {
      const of = await load();
      value = { of, until: performance.now() + ttlMs };
      return of;
    } finally {
      loading = undefined;
    }
  };
  return () => {
    if (value && performance.now() < value.until) return value.of;
    loading ??= refresh();
    return loading;
  };
}
