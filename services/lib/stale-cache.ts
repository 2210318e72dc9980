import { isRefusal } from './http-error.ts';

/** How a value was come by: asked for just now, remembered, or remembered although it is old since asking failed. */
export type Source = 'loaded' | 'fresh' | 'stale';

export interface Cached<T> {
  readonly value: T;
  readonly source: Source;
}

export interface StaleCacheOptions {
  /** How long a value is used without asking again; 0 = it is asked for each time. */
  readonly freshMs: number;
  /** How long after that an old value still stands in when asking fails; 0 = never. */
  readonly staleMs: number;
  /** Keys that are remembered; the oldest go. */
  readonly most: number;
}

interface Entry<T> {
  readonly value: T;
  readonly loadedAt: number;
  /** When asking failed the last time, if nothing has been loaded since. */
  failedAt: number | undefined;
}

/**
 * A cache with stale-if-error (RFC 5861). Requests for a key that come while it is being loaded wait for the same load,
 * unless the load before has failed: then they get the old value at once, so that nobody waits for a callee in trouble
 * time and again, and it is asked no more often than usual. A refusal (4xx) is an answer: it is passed on, never replaced by an old value, and makes the key forgotten.
 */
export class StaleCache<T> {
  readonly #options: StaleCacheOptions;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #loading = new Map<string, Promise<T>>();

  constructor(options: StaleCacheOptions) {
    this.#options = options;
  }

  async get(key: string, load: () => Promise<T>): Promise<Cached<T>> {
    const { freshMs, staleMs } = this.#options;
    const entry = this.#entries.get(key);
    const ageMs = entry ? performance.now() - entry.loadedAt : Number.POSITIVE_INFINITY;
    if (entry && ageMs < freshMs) return { value: entry.value, source: 'fresh' };
    const old =
      entry && ageMs < freshMs + staleMs ? { value: entry.value, source: 'stale' as const } : undefined;
    const failedAt = entry?.failedAt;
    if (old && failedAt !== undefined) {
      if (performance.now() - failedAt >= freshMs) this.#load(key, load).catch(() => undefined);
      return old;
    }
    const loading = this.#load(key, load);
    try {
      return { value: await loading, source: 'loaded' };
    } catch (thrown) {
      if (old && !isRefusal(thrown)) return old;
      throw thrown;
    }
  }

  #load(key: string, load: () => Promise<T>): Promise<T> {
    // Nothing is kept, so each request asks for itself.
    if (this.#options.freshMs + this.#options.staleMs === 0) return load();
    const underWay = this.#loading.get(key);
    if (underWay) return underWay;
    const loading = load()
      .then(
        (value) => {
          this.#keep(key, value);
          return value;
        },
        (thrown: unknown) => {
          const entry = this.#entries.get(key);
          if (isRefusal(thrown)) this.#entries.delete(key);
          else if (entry) entry.failedAt = performance.now();
          throw thrown;
        },
      )
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  #keep(key: string, value: T): void {
    // Deleted first, so that the map's order is that of the loads.
    this.#entries.delete(key);
    this.#entries.set(key, { value, loadedAt: performance.now(), failedAt: undefined });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.most) break;
      this.#entries.delete(oldest);
    }
  }
}
