/**
 * Sets OpenTelemetry up. Preloaded, so that it stands before the application loads:
 *
 *     node --import ./services/telemetry.ts ./services/<name>.ts
 *
 * Environment: OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT (default http://localhost:4318), OTEL_RESOURCE_ATTRIBUTES,
 * OTEL_PROPAGATORS (default tracecontext; `none` switches propagation off), and the OTEL_BSP_* limits below.
 */
import { register } from 'node:module';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { AlwaysOnSampler, NodeTracerProvider, ParentBasedSampler } from '@opentelemetry/sdk-trace-node';
import { readSettings, wholeNumber } from './lib/settings.ts';
import { onShutdown } from './lib/shutdown.ts';
import { instrumentations } from './telemetry/instrumentations.ts';
import { propagator } from './telemetry/propagator.ts';
import { resource } from './telemetry/resource.ts';
import { seldomLogger } from './telemetry/seldom-logger.ts';
import { selfMeterProvider } from './telemetry/self-metrics.ts';
import { spanCounter } from './telemetry/span-counter.ts';

const settings = readSettings({
  // Large batches, few exports: encoding and sending are a quarter of what tracing costs.
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(2048, { min: 1, max: 100_000 }),
  // Some ten seconds of the busiest service, so that a short outage of the Collector loses nothing.
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(32_768, { min: 1, max: 1_000_000 }),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1000, { min: 1, max: 60_000 }),
  // How long the last spans may take to be sent at the end.
  TELEMETRY_FLUSH_MS: wholeNumber(3000, { min: 0, max: 60_000 }),
});

diag.setLogger(seldomLogger(60_000), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

// ES modules that are to be patched; CommonJS modules are patched where they are required.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, {
  data: { include: ['express', 'pg', 'http', 'https', 'node:http', 'node:https'] },
});

const provider = new NodeTracerProvider({
  resource: resource(),
  // The head of the trace decides: a caller's flag 00 (the harness' own probes) means no spans; all else is kept
  // here, as it is the Collector that samples, when it has seen the whole trace.
  sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  spanProcessors: [
    spanCounter(selfMeterProvider.getMeter('spans')),
    new BatchSpanProcessor({
      // How long exports take shows whether the way to the Collector is slow.
      exporter: new OTLPTraceExporter({ selfObsMeterProvider: selfMeterProvider }),
      maxExportBatchSize: settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
      scheduledDelayMillis: settings.OTEL_BSP_SCHEDULE_DELAY,
      exportTimeoutMillis: 10_000,
      // A full queue and a failed export lose spans; these counters alone say so.
      selfObsMeterProvider: selfMeterProvider,
    }),
  ],
});
provider.register({ propagator: propagator() });
registerInstrumentations({ tracerProvider: provider, instrumentations: instrumentations() });

// The last stage: when server, loops and pools are closed, no span comes any more.
onShutdown('telemetry', settings.TELEMETRY_FLUSH_MS, () => provider.shutdown(), 'telemetry');
