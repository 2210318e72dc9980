import { callFigures } from './call-figures.ts';
import { hostOf, pathSpanOf, type Row } from './rows.ts';
import type { TraceInput, TraceSource } from './survey.ts';

/** Spans that are in memory, as those of a file are. */
export function fileTraces(
  rows: readonly (Omit<Row, 'host'> & { readonly resource: string })[],
): TraceSource {
  const spans = rows.map(({ resource, ...row }) => pathSpanOf({ ...row, host: hostOf(resource) }));
  const traces: readonly TraceInput[] = [...Map.groupBy(spans, ({ traceId }) => traceId).values()].map(
    (list) => ({ route: null, spans: list }),
  );
  // Who answers calls with spans of its own is one of us.
  const seen = new Set(spans.filter(({ kind }) => kind === 'server').map(({ service }) => service));
  const parties = { external: new Set<string>(), seen };
  return {
    parties,
    known: callFigures(traces, parties),
    async *traces() {
      yield* traces;
    },
  };
}
