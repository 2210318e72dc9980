import { describe, expect, test } from 'vitest';
import { parsePrometheus } from '../../harness/evidence/prometheus.ts';
import { type PipelineState, RestWatch, readPipeline } from '../../harness/evidence/rest-watch.ts';

const DONE: PipelineState = { accepted: 100, newTraces: 10, decided: 10, sent: 100, queued: 0 };

/** What a watch says when it is fed with these states, one a second. */
function watch(
  states: readonly PipelineState[],
  { decisionWaitS = 5, hasSampler = true } = {},
): (string | undefined)[] {
  const of = new RestWatch({ decisionWaitS, hasSampler });
  return states.map((state, second) => of.moving(state, second));
}
const repeat = (state: PipelineState, times: number) => Array.from({ length: times }, () => state);

test('at rest when no span came for the wait and two seconds', () => {
  const said = watch(repeat(DONE, 9));
  expect(said.slice(0, 7).every((text) => text?.startsWith('spans'))).toBe(true);
  expect(said.slice(7)).toEqual([undefined, undefined]);
});

test('a span that still comes starts the wait again', () => {
  const said = watch([...repeat(DONE, 5), ...repeat({ ...DONE, accepted: 101 }, 8)]);
  expect(said.indexOf(undefined)).toBe(12);
});

test('traces without a decision are waited for as long as decisions are made', () => {
  const deciding = Array.from({ length: 12 }, (_, index) => ({ ...DONE, newTraces: 50, decided: index }));
  expect(watch(deciding).at(-1)).toMatch('the sampler (39 traces without a decision)');
  // Never equal, when a trace that was pushed out came back: still is enough.
  expect(watch(repeat({ ...DONE, newTraces: 50 }, 9)).at(-1)).toBeUndefined();
});

test('the exporter: its queue and what it sends', () => {
  expect(watch(repeat({ ...DONE, queued: 3 }, 9)).at(-1)).toBe('the exporter (3 in its queue)');
  const sending = Array.from({ length: 9 }, (_, index) => ({ ...DONE, sent: index }));
  expect(watch(sending).at(-1)).toBe('the exporter (8 spans sent)');
});

describe('counters that are not there', () => {
  const NONE: PipelineState = {
    accepted: undefined,
    newTraces: undefined,
    decided: undefined,
    sent: undefined,
    queued: undefined,
  };

  test.each([
    ['accepted', 'how many spans it accepted'],
    ['newTraces', 'how many traces the sampler has seen'],
    ['decided', 'how many traces the sampler has decided upon'],
  ] as const)('%s: never at rest', (key, what) => {
    const said = watch(repeat({ ...DONE, [key]: undefined }, 30));
    expect(new Set(said)).toEqual(new Set([`the Collector's metrics do not say ${what}`]));
  });

  test('none at all: never at rest', () => {
    expect(watch(repeat(NONE, 30), { decisionWaitS: 0, hasSampler: false }).at(-1)).toContain('accepted');
  });

  test('those of the sampler without a sampler, and those of exporters that have nothing to say: at rest', () => {
    const said = watch(repeat({ ...NONE, accepted: 5 }, 3), { decisionWaitS: 0, hasSampler: false });
    expect(said).toEqual([expect.any(String), expect.any(String), undefined]);
  });
});

test('reads the counters of a Collector, with and without suffix', () => {
  const text = (suffix: string) => `
otelcol_receiver_accepted_spans${suffix}{transport="http"} 2877
otelcol_processor_tail_sampling_new_trace_id_received${suffix} 400
otelcol_processor_tail_sampling_global_count_traces_sampled${suffix}{decision="dropped"} 10
otelcol_processor_tail_sampling_global_count_traces_sampled${suffix}{decision="sampled"} 37
otelcol_processor_tail_sampling_sampling_trace_dropped_too_early${suffix} 3
otelcol_exporter_sent_spans${suffix}{exporter="a"} 5
otelcol_exporter_send_failed_spans${suffix}{exporter="a"} 2
otelcol_exporter_queue_size{exporter="a"} 1`;
  const expected = { accepted: 2877, newTraces: 400, decided: 50, sent: 7, queued: 1 };
  expect(readPipeline(parsePrometheus(text('')))).toEqual(expected);
  expect(readPipeline(parsePrometheus(text('_total')))).toEqual(expected);
  expect(readPipeline([])).toEqual({});
});
