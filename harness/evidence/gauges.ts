/** The gauges: how the parts felt, sampled once a second while the run goes on. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { nowUs } from '../clock.ts';
import type { GaugeRow, Part } from '../contracts.ts';
import { readMachine, readParts } from './processes.ts';
import { scrapeInTime } from './scrape.ts';
import type { TableWriter } from './table-writer.ts';
import type { EvidenceWriter } from './writer.ts';

export interface GaugesOptions {
  /** Looked at anew for each sample: a part that is started again is another process. */
  readonly parts: readonly Pick<Part, 'name' | 'pid'>[];
  /** Prometheus text of the Collector's own metrics. */
  readonly collectorMetricsUrl: string;
  /** The same of the SDKs of services, by service name. */
  readonly sdkMetricsUrls?: ReadonlyMap<string, string>;
  /** Default 1000. */
  readonly intervalMs?: number;
  /** Microseconds since the epoch, for `at_us`; default the wall clock. A replay has a clock of its own. */
  clockUs?(): number;
}

export interface GaugesGathered {
  readonly samples: number;
  readonly notes: readonly string[];
}

/** Samples until `stop`. Rows go to the database as they come. */
export class GaugeSampler {
  readonly #evidence: EvidenceWriter;
  readonly #writer: TableWriter<GaugeRow>;
  readonly #options: GaugesOptions;
  /** Those of `watch`. */
  readonly #others = new Map<string, number>();
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 10 });
  readonly #timer: NodeJS.Timeout;
  #sampling: Promise<void> = Promise.resolve();
  #busy = false;
  #samples = 0;
  #failedScrapes = 0;

  private constructor(evidence: EvidenceWriter, writer: TableWriter<GaugeRow>, options: GaugesOptions) {
    this.#evidence = evidence;
    this.#writer = writer;
    this.#options = options;
    this.#loopDelay.enable();
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), options.intervalMs ?? 1000);
  }

  static async start(evidence: EvidenceWriter, options: GaugesOptions): Promise<GaugeSampler> {
    return new GaugeSampler(evidence, await evidence.open<GaugeRow>('gauges'), options);
  }

  /** Samples begun so far. */
  get samples(): number {
    return this.#samples;
  }

  /** Samples a process from now on as well, e.g. the load driver's under the name `load`; its leader may change. */
  watch(part: string, pid: number): void {
    this.#others.set(part, pid);
  }

  /** Ends the sampling, for a run that comes to nothing; harmless after `stop`. */
  async halt(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sampling;
    this.#loopDelay.disable();
  }

  /** Takes a last sample and writes gauges.parquet. */
  async stop(): Promise<GaugesGathered> {
    await this.halt();
    await this.#sample();
    this.#writer.close();
    await this.#evidence.save('gauges');
    const notes =
      this.#failedScrapes === 0
        ? []
        : [`the Collector's metrics could not be read ${this.#failedScrapes} of ${this.#samples} times`];
    return { samples: this.#samples, notes };
  }

  #tick(): void {
    // A sample that takes longer than the interval makes the next one fall out, instead of a queue.
    if (this.#busy) return;
    this.#busy = true;
    this.#sampling = this.#sample().finally(() => {
      this.#busy = false;
    });
  }

  async #sample(): Promise<void> {
    const atUs = this.#options.clockUs?.() ?? nowUs();
    this.#samples += 1;
    const add = (
      part: string,
      metric: string,
      value: number,
      labels: Readonly<Record<string, string>> = {},
    ) => this.#writer.write({ at_us: atUs, part, metric, labels: JSON.stringify(labels), value });
    const machine = readMachine();
    add('machine', 'cpu_seconds', machine.busySeconds, { mode: 'busy' });
    add('machine', 'cpu_seconds', machine.idleSeconds, { mode: 'idle' });
    add('machine', 'cpu_seconds', machine.stealSeconds, { mode: 'steal' });
    add('machine', 'cores', machine.cores);
    for (const [part, { cpuSeconds, residentBytes }] of readParts(this.#leaders())) {
      add(part, 'process_cpu_seconds', cpuSeconds);
      add(part, 'process_resident_bytes', residentBytes);
    }
    const { user, system } = process.cpuUsage();
    add('harness', 'process_cpu_seconds', (user + system) / 1e6);
    add('harness', 'process_resident_bytes', process.memoryUsage.rss());
    add('harness', 'event_loop_delay_p99_seconds', this.#loopDelay.percentile(99) / 1e9);
    add('harness', 'event_loop_delay_max_seconds', this.#loopDelay.max / 1e9);
    this.#loopDelay.reset();
    const { collectorMetricsUrl, sdkMetricsUrls = new Map<string, string>() } = this.#options;
    await Promise.all([
      scrapeInTime(collectorMetricsUrl).then((samples) => {
        if (samples === undefined) this.#failedScrapes += 1;
        for (const { name, labels, value } of samples ?? [])
          if (name.startsWith('otelcol_')) add('collector', name, value, labels);
      }),
      ...[...sdkMetricsUrls].map(async ([service, url]) => {
        for (const { name, labels, value } of (await scrapeInTime(url)) ?? [])
          if (name.startsWith('otel_sdk_')) add(service, name, value, labels);
      }),
    ]);
  }

  #leaders(): ReadonlyMap<string, number> {
    return new Map([...this.#options.parts.map(({ name, pid }) => [name, pid] as const), ...this.#others]);
  }
}
