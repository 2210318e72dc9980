import type { Result } from '../../harness/contracts.ts';
import { number, plain, table, wrap } from './text.ts';

/** Lost traces that are shown; all are in result.json. */
const SHOWN = 10;
/** Why the number may differ from an assertion's. */
const TIMES = 'p99 over all requests of a phase; an assertion may judge by shorter windows';
/** The warm-up is not judged, so it is not shown. */
const MEASURED = ['baseline', 'fault', 'recovery'] as const;

/** What was promised, predicted and found, with counts. A section is its title and its lines; empty when unknown. */
export function fateSection({ fate }: Result, width: number): string[] {
  if (fate.length === 0) return [];
  const rows = fate.map(({ promise, promised, predicted, observed, count }) => [
    promise ?? '-',
    promised,
    predicted,
    observed,
    number(count),
  ]);
  const head = ['promise', 'promised', 'predicted', 'observed', 'requests'];
  return ['What became of the traces', ...table([head, ...rows], 'llllr', width)];
}

/** The traces that should be there and are not. */
export function lostSection({ lost, lostCount }: Result, width: number): string[] {
  if (lostCount === 0) return [];
  const rows = lost
    .slice(0, SHOWN)
    .map(({ traceId, stage, route, promised }) => [traceId, stage, route, promised]);
  const more = lostCount > rows.length ? `, the first ${rows.length}` : '';
  const head = ['trace', 'lost by', 'route', 'promised'];
  return [`Lost though promised: ${number(lostCount)}${more}`, ...table([head, ...rows], 'llll', width)];
}

/** What went into each stage of the pipeline, came out, and was lost there. */
export function conservationSection({ conservation = [] }: Result, width: number): string[] {
  // Where all came through there is nothing to be read.
  const isDull = conservation.every(
    ({ losses, unaccounted, tolerance }) => losses.length === 0 && Math.abs(unaccounted) <= tolerance,
  );
  if (isDull) return [];
  const rows = conservation.map(({ stage, unit, in: came, out, losses, unaccounted, tolerance }) => [
    stage,
    `${number(came)} ${unit}`,
    number(out),
    losses.length === 0 ? '-' : losses.map((each) => `${number(each.count)} ${each.stage}`).join(', '),
    `${number(unaccounted)}${tolerance > 0 ? ` (up to ${number(tolerance)})` : ''}`,
  ]);
  const head = ['stage', 'in', 'out', 'lost by', 'unaccounted'];
  return ['In = out + losses, by the counters of the pipeline', ...table([head, ...rows], 'lrrlr', width)];
}

/** The 99th percentile of the response time by route and phase, and the answers that were not good. */
export function routesSection({ routes }: Result, width: number): string[] {
  const measured = routes.filter(({ phase }) => MEASURED.some((name) => name === phase));
  if (measured.length === 0) return [];
  const ids = [...new Set(measured.map(({ route }) => route))];
  const rows = ids.map((id) => {
    const own = measured.filter(({ route }) => route === id);
    const sum = (key: 'requests' | 'failed'): string =>
      number(own.reduce((total, row) => total + row[key], 0));
    const p99 = MEASURED.map((name) => {
      const value = own.find(({ phase }) => phase === name)?.p99Ms ?? null;
      return value === null ? '-' : number(value, value < 100 ? 1 : 0);
    });
    return [plain(id), sum('requests'), sum('failed'), ...p99];
  });
  const head = ['route', 'requests', 'failed', ...MEASURED];
  return [
    'Response time from when due, p99 in ms',
    ...table([head, ...rows], 'lrrrrr', width),
    ...wrap(TIMES, width),
  ];
}
