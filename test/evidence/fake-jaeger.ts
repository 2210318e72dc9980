/** A Jaeger of a few spans in memory, for what the real one does only under load or when it fails. */
import type { SpanRow } from '../../harness/contracts.ts';
import { otlpJson } from './fixture/otlp.ts';
import { serve } from './serve.ts';

export interface FakeJaeger {
  readonly url: string;
  spans: readonly SpanRow[];
  /** Traces that the search does not answer, though they are there. */
  hidden: ReadonlySet<string>;
  /** Whether asking for a trace by its id fails. */
  brokenById: boolean;
  readonly searches: number;
  /** Trace ids that were asked for. */
  readonly asked: readonly string[];
}

/** Ends with the test, as `serve` does. */
export async function startFakeJaeger(
  spans: readonly SpanRow[] = [],
  whenFinished?: Parameters<typeof serve>[1],
): Promise<FakeJaeger> {
  const state = {
    url: '',
    spans,
    hidden: new Set<string>(),
    brokenById: false,
    searches: 0,
    asked: [] as string[],
  };
  const found = (url: URL): readonly SpanRow[] => {
    const traceId = /^\/api\/v3\/traces\/([0-9a-f]+)$/.exec(url.pathname)?.[1];
    if (traceId !== undefined) {
      state.asked.push(traceId);
      return state.spans.filter((span) => span.trace_id === traceId);
    }
    state.searches += 1;
    const matching = matchingTraces(state, url.searchParams);
    return state.spans.filter(({ trace_id }) => matching.includes(trace_id));
  };
  state.url = await serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://jaeger');
    const spansFound = found(url);
    if (state.brokenById && url.pathname !== '/api/v3/traces') response.writeHead(500).end('out of order');
    else if (spansFound.length === 0) response.writeHead(404).end('{}');
    else response.end(`{"result":${otlpJson(spansFound)}}`);
  }, whenFinished);
  return state;
}

/** Trace ids with a span of the service in the window, no more than the limit allows. */
function matchingTraces(
  { spans, hidden }: Pick<FakeJaeger, 'spans' | 'hidden'>,
  parameters: URLSearchParams,
): readonly string[] {
  const time = (name: string) => microseconds(parameters.get(`query.${name}`) ?? '');
  const [fromUs, untilUs] = [time('start_time_min'), time('start_time_max')];
  const matching = spans.filter(
    ({ service, start_us, trace_id }) =>
      service === parameters.get('query.service_name') &&
      start_us >= fromUs &&
      start_us <= untilUs &&
      !hidden.has(trace_id),
  );
  const ids = [...new Set(matching.map(({ trace_id }) => trace_id))];
  return ids.slice(0, Number(parameters.get('query.num_traces')));
}

function microseconds(timestamp: string): number {
  const fraction = /\.(\d{6})Z$/.exec(timestamp)?.[1] ?? '0';
  return Date.parse(timestamp.replace(/\.\d+Z$/, 'Z')) * 1000 + Number(fraction);
}
