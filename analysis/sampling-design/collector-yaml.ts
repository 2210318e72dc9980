/** The Collector configuration that implements a strategy, sized for its rate. */
import type { SamplingPromise } from '../../harness/contracts.ts';
import { number } from '../lib/text.ts';
import { policyFor, sparing } from '../sampling-lint/lib/policy-yaml.ts';

export interface CollectorPlan {
  readonly promises: readonly SamplingPromise[];
  readonly ratePerS: number;
  /** On the average of all traces, not only of those that are kept. */
  readonly bytesPerTrace: number;
  /** Whole seconds, at least one: the sampler cuts off the rest. */
  readonly decisionWaitS: number;
}

const MIB = 1_048_576;
/** What waits, with what the garbage collector has not freed yet. */
const GARBAGE = 2;
/** Refusing begins at the limit less the spike limit, a quarter of it. */
const SOFT_SHARE = 0.75;
const STEP_MIB = 256;
/** Of the traces that wait: peaks fit, and the decided ones stay for spans that come late. */
const HELD = 5;
/** No smaller tables than those of a small Collector. */
const LEAST_TRACES = 1000;
/** Spans of a trace, and seconds of a total failure in which every trace is kept, for which the queue is sized. */
const QUEUE_SPANS = 10;
const QUEUE_S = 10;
const LEAST_QUEUE = 10_000;

/** Sizes of the parts, with the reasons that stand beside them in the file. */
function sizesOf({ ratePerS, bytesPerTrace, decisionWaitS }: CollectorPlan) {
  const waitingTraces = ratePerS * decisionWaitS;
  const waitingBytes = waitingTraces * bytesPerTrace;
  const steps = Math.ceil((waitingBytes * GARBAGE) / SOFT_SHARE / MIB / STEP_MIB);
  const limitMib = Math.max(1, steps) * STEP_MIB;
  return {
    waitingTraces,
    waitingMib: waitingBytes / MIB,
    limitMib,
    spikeMib: limitMib * (1 - SOFT_SHARE),
    numTraces: Math.max(LEAST_TRACES, Math.ceil(waitingTraces * HELD)),
    queueSpans: Math.max(LEAST_QUEUE, Math.ceil(ratePerS * QUEUE_SPANS * QUEUE_S)),
  };
}

/**
 * The whole configuration as YAML. Addresses come from the same variables as those of config/collector.yaml, so `chaoscope run
 * --collector-config` takes it as it is; the defaults are those of a Collector that runs alone on a machine.
 */
export function collectorYaml(plan: CollectorPlan): string {
  const { promises, ratePerS, bytesPerTrace, decisionWaitS } = plan;
  const sizes = sizesOf(plan);
  const policies = policiesOf(promises).join('\n');
  return `# OpenTelemetry Collector 0.161: tail sampling, made by \`chaoscope sampling design\` for ${number(ratePerS)} traces a second.

receivers:
  otlp:
    protocols:
      http:
        endpoint: \${env:CHAOSCOPE_OTLP_HTTP:-127.0.0.1:4318}

processors:
  # First in each pipeline: refusing spans, which the SDKs send again, is better than being killed for memory.
  # Waiting: ${number(ratePerS)} traces/s x ${number(bytesPerTrace)} bytes x ${decisionWaitS} s = ${number(sizes.waitingMib)} MiB, twice that with what is not collected yet.
  memory_limiter:
    check_interval: 1s
    limit_mib: ${sizes.limitMib}
    spike_limit_mib: ${sizes.spikeMib}

  tail_sampling:
    # From a trace's first span to the decision: longer than the longest answer and the SDKs' export after it.
    decision_wait: ${decisionWaitS}s
    # ${number(sizes.waitingTraces)} traces wait for their decision. What is pushed out before it is lost, whatever the policies say.
    num_traces: ${sizes.numTraces}
    expected_new_traces_per_sec: ${Math.ceil(ratePerS)}
    # A drop policy wins over every other; else one policy that holds is enough to keep a trace.
    policies:
${policies.replaceAll(/^/gm, '      ')}

exporters:
  # The flight recorder: every span as it came, before sampling. Without it nobody can say what sampling lost.
  file/recording:
    path: \${env:CHAOSCOPE_RECORDING:-recording.otlp.zst}
    format: proto
    compression: zstd
    flush_interval: 200ms

  otlp_grpc/backend:
    endpoint: \${env:CHAOSCOPE_JAEGER_OTLP_GRPC:-127.0.0.1:4317}
    tls:
      # Same machine or same pod. Give it a certificate when the backend is elsewhere.
      insecure: true
    compression: none
    sending_queue:
      # In spans: ${QUEUE_S} s of a total failure, in which every trace is kept.
      sizer: items
      queue_size: ${sizes.queueSpans}
      batch:
        sizer: bytes
        flush_timeout: 200ms
        min_size: 1000000
        max_size: 3000000

extensions:
  health_check:
    endpoint: \${env:CHAOSCOPE_COLLECTOR_HEALTH:-127.0.0.1:13133}

service:
  extensions: [health_check]
  pipelines:
    traces/recording:
      receivers: [otlp]
      processors: [memory_limiter]
      exporters: [file/recording]
    traces/sampled:
      receivers: [otlp]
      processors: [memory_limiter, tail_sampling]
      exporters: [otlp_grpc/backend]
  telemetry:
    logs:
      level: info
    metrics:
      level: normal
      readers:
        - pull:
            exporter:
              prometheus:
                host: 127.0.0.1
                port: \${env:CHAOSCOPE_COLLECTOR_METRICS_PORT:-8888}
`;
}

/**
 * Policies only add, but for `drop`: it takes away what others keep, also from promises that come before, so it spares those. The
 * drop policies stand first, since the sampler looks at them first.
 */
function policiesOf(promises: readonly SamplingPromise[]): readonly string[] {
  const rest = promises.find(({ when }) => when.kind === 'any')?.keepPercent ?? 0;
  const policies = promises.map((promise, index) => {
    const isDrop = promise.when.kind !== 'any' && (promise.keepPercent === 0 || promise.keepPercent < rest);
    const policy = policyFor(promise, isDrop);
    const before = promises.slice(0, index).filter(({ keepPercent }) => keepPercent > promise.keepPercent);
    const spared = isDrop ? sparing(before) : '';
    return { isDrop, yaml: spared === '' ? policy : `${policy}\n${spared.replaceAll(/^/gm, '      ')}` };
  });
  return policies.toSorted((a, b) => Number(b.isDrop) - Number(a.isDrop)).map(({ yaml }) => yaml);
}
