import type { Detector } from '../../../analysis/bottlenecks/lib/detector.ts';
import type { GroupSum } from '../../../analysis/bottlenecks/lib/group-sum.ts';
import { quantile } from '../../../analysis/bottlenecks/lib/quantile.ts';
import { type RouteSurvey, survey, type TraceSource } from '../../../analysis/bottlenecks/lib/survey.ts';
import { type BottleneckReport, bottlenecksSchema } from './schema.ts';

type RouteReport = BottleneckReport['routes'][number];
type FindingReport = RouteReport['findings'][number];

/** Places of the critical path that are told. */
const PLACES = 12;

/** What the detectors find in the traces of a source; checked against its schema. */
export async function reportOf(
  input: BottleneckReport['input'],
  source: TraceSource,
  detectors: readonly Detector[],
): Promise<BottleneckReport> {
  const routes = await survey(source, detectors);
  return bottlenecksSchema.parse({ schema: 1, input, routes: routes.map(routeReport) });
}

function routeReport(route: RouteSurvey): RouteReport {
  const { totalsUs, path, groups, after, notes } = route;
  const sumUs = totalsUs.reduce((sum, us) => sum + us, 0);
  const places = [...path.values()].sort((a, b) => b.us - a.us || (a.span < b.span ? -1 : 1));
  return {
    route: route.route,
    traces: totalsUs.length,
    spans: route.spans,
    ...percentiles(totalsUs),
    criticalPath: places.slice(0, PLACES).map(({ us, ...place }) => ({
      ...place,
      meanMs: milliseconds(us / totalsUs.length),
      share: sumUs === 0 ? 0 : us / sumUs,
    })),
    findings: groups.map((sum) => findingReport(sum, totalsUs)),
    after: after.map((values) => percentiles(values)),
    notes: { ...notes },
  };
}

function findingReport(sum: GroupSum, totalsUs: readonly number[]): FindingReport {
  const { detector, afterUs, examples } = sum;
  const group = sum.group();
  const after = totalsUs.map((us, number) => afterUs.get(number) ?? us);
  return {
    detector: detector.id,
    title: detector.title,
    severity: detector.severity(group),
    place: group.place,
    what: detector.what(group),
    evidence: {
      traceIds: [...examples],
      traces: group.traces,
      tracesShare: group.traces / totalsUs.length,
      calls: group.calls,
      pathMs: milliseconds(group.pathUs),
      pathShare: group.pathShare,
    },
    figures: Object.fromEntries(
      Object.entries(group.figures).map(([key, value]) =>
        key.endsWith('Us') ? [`${key.slice(0, -2)}Ms`, milliseconds(value)] : [key, value],
      ),
    ),
    remedies: [...detector.remedies(group)],
    saving: {
      atMost: sum.isBound,
      meanMs: milliseconds(group.savedUs),
      after: percentiles(after),
    },
  };
}

function percentiles(us: readonly number[]): { readonly p50Ms: number; readonly p95Ms: number } {
  return { p50Ms: milliseconds(quantile(us, 0.5) ?? 0), p95Ms: milliseconds(quantile(us, 0.95) ?? 0) };
}

/** To the microsecond. */
function milliseconds(us: number): number {
  return Math.round(us) / 1000;
}
