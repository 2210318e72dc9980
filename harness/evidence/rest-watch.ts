/** Whether the Collector's pipeline has come to rest, from its counters. */
import { type Sample, total } from './prometheus.ts';

/** The counters that tell; undefined when the Collector does not have them (yet): a counter appears when it first counts. */
export interface PipelineState {
  /** Spans that came in. */
  readonly accepted: number | undefined;
  /** Trace ids that the sampler saw for the first time. */
  readonly newTraces: number | undefined;
  /** Traces that it decided upon, or dropped before. */
  readonly decided: number | undefined;
  /** Spans that the exporters sent, or failed to send. */
  readonly sent: number | undefined;
  readonly queued: number | undefined;
}

const SAMPLER = 'otelcol_processor_tail_sampling';

export function readPipeline(samples: readonly Sample[]): PipelineState {
  const sum = (...names: string[]) => {
    const values = names.map((name) => total(samples, name)).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0);
  };
  return {
    accepted: sum('otelcol_receiver_accepted_spans'),
    newTraces: sum(`${SAMPLER}_new_trace_id_received`),
    decided: sum(`${SAMPLER}_global_count_traces_sampled`, `${SAMPLER}_sampling_trace_dropped_too_early`),
    sent: sum(
      'otelcol_exporter_sent_spans',
      'otelcol_exporter_send_failed_spans',
      'otelcol_exporter_enqueue_failed_spans',
    ),
    queued: sum('otelcol_exporter_queue_size'),
  };
}

/** Counters without which nothing can be said; each appears when it first counts. */
const NEEDED: readonly {
  readonly key: keyof PipelineState;
  readonly what: string;
  readonly ofSampler: boolean;
}[] = [
  { key: 'accepted', what: 'how many spans it accepted', ofSampler: false },
  { key: 'newTraces', what: 'how many traces the sampler has seen', ofSampler: true },
  { key: 'decided', what: 'how many traces the sampler has decided upon', ofSampler: true },
];

/** The sampler decides once a second; a counter that stood still for so long was passed by at least two decisions. */
const STILL_S = 2.5;
/** The exporter sends what it has at least each 200 ms. */
const SENT_STILL_S = 1.5;
/** Spans accepted last are decided upon at the latest so long after the decision wait. */
const AFTER_WAIT_S = 2;

export interface RestOptions {
  readonly decisionWaitS: number;
  readonly hasSampler: boolean;
}

/** Fed with states as they are polled, says what is still moving. */
export class RestWatch {
  readonly #options: RestOptions;
  readonly #changed = new Map<keyof PipelineState, number>();
  #last: PipelineState | undefined;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /**
   * @param nowS any clock in seconds that only goes forward
   * @returns what is still moving, or undefined when nothing is
   */
  moving(state: PipelineState, nowS: number): string | undefined {
    for (const key of ['accepted', 'newTraces', 'decided', 'sent', 'queued'] as const) {
      if (this.#last === undefined || this.#last[key] !== state[key]) this.#changed.set(key, nowS);
    }
    this.#last = state;
    // A Collector that does not say what it did is not at rest, it is unknown.
    const absent = NEEDED.filter(
      ({ key, ofSampler }) => state[key] === undefined && (!ofSampler || this.#options.hasSampler),
    );
    if (absent.length > 0)
      return `the Collector's metrics do not say ${absent.map(({ what }) => what).join(', ')}`;
    const still = (key: keyof PipelineState) => nowS - (this.#changed.get(key) ?? nowS);
    const quietS = this.#options.decisionWaitS + AFTER_WAIT_S;
    if (still('accepted') < quietS) {
      const since = still('accepted').toFixed(1);
      return `spans (${state.accepted ?? 0} accepted, the last ${since} s ago; decided after ${quietS} s)`;
    }
    // They may never be equal: a trace that was pushed out and came back is one more id but the same decision.
    const pending = (state.newTraces ?? 0) - (state.decided ?? 0);
    if (pending > 0 && still('decided') < STILL_S)
      return `the sampler (${pending} traces without a decision)`;
    if ((state.queued ?? 0) > 0) return `the exporter (${state.queued} in its queue)`;
    if (still('sent') < SENT_STILL_S) return `the exporter (${state.sent ?? 0} spans sent)`;
    return undefined;
  }

  /** The last state, in words. */
  summary(): string {
    const { accepted = 0, newTraces = 0, decided = 0, sent = 0 } = this.#last ?? {};
    return `${accepted} spans accepted, ${decided} of ${newTraces} traces decided, ${sent} spans exported, nothing queued`;
  }
}
