import type { LoadRecord } from './contracts.ts';

/** How the load went in the last seconds; what the terminal shows while a run is under way. */
export interface LiveView {
  /** Answers per second. */
  readonly rate: number;
  readonly errors: number;
  readonly routes: readonly {
    readonly route: string;
    readonly answers: number;
    readonly errors: number;
    /** From when the request was due; null without answers. */
    readonly p99Ms: number | null;
  }[];
}

interface Second {
  readonly second: number;
  readonly routes: Map<string, { latenciesMs: number[]; errors: number }>;
}

/** Keeps the records of the last few seconds, no more, and sums them up. */
export class LiveStats {
  readonly #spanS: number;
  readonly #seconds: Second[] = [];

  constructor(spanS = 5) {
    this.#spanS = spanS;
  }

  /** Adds a record that ended at its sentUs + latencyUs. */
  add(record: LoadRecord): void {
    const second = Math.floor((record.sentUs + record.latencyUs) / 1e6);
    let bucket = this.#seconds.find((each) => each.second === second);
    if (!bucket) {
      bucket = { second, routes: new Map() };
      this.#seconds.push(bucket);
      if (this.#seconds.length > this.#spanS + 2) this.#seconds.sort((a, b) => a.second - b.second).shift();
    }
    let route = bucket.routes.get(record.route);
    if (!route) {
      route = { latenciesMs: [], errors: 0 };
      bucket.routes.set(record.route, route);
    }
    route.latenciesMs.push((record.sentUs + record.latencyUs - record.dueUs) / 1000);
    if (record.status === 0 || record.status >= 500) route.errors++;
  }

  /** The last whole seconds before `nowUs`. */
  view(nowUs: number): LiveView {
    const now = Math.floor(nowUs / 1e6);
    const seconds = this.#seconds.filter((each) => each.second >= now - this.#spanS && each.second < now);
    const byRoute = new Map<string, { latenciesMs: number[]; errors: number }>();
    for (const { routes } of seconds) {
      for (const [route, { latenciesMs, errors }] of routes) {
        const sum = byRoute.get(route) ?? { latenciesMs: [], errors: 0 };
        sum.latenciesMs.push(...latenciesMs);
        sum.errors += errors;
        byRoute.set(route, sum);
      }
    }
    const routes = [...byRoute].map(([route, { latenciesMs, errors }]) => ({
      route,
      answers: latenciesMs.length,
      errors,
      p99Ms: quantile(latenciesMs, 0.99),
    }));
    const answers = routes.reduce((sum, route) => sum + route.answers, 0);
    return {
      rate: seconds.length === 0 ? 0 : answers / seconds.length,
      errors: routes.reduce((sum, route) => sum + route.errors, 0),
      routes: routes.sort((a, b) => a.route.localeCompare(b.route)),
    };
  }
}

/** Nearest-rank quantile; null of an empty list. */
function quantile(values: number[], share: number): number | null {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
