import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Without a server of its own: the service's own one answers, see createApp. */
const exporter = new PrometheusExporter({ preventServerStart: true, withoutTargetInfo: true });

/**
 * Metrics of the tracing itself: how many spans were handed on, and how many were lost before they left the process. Nobody
 * else meters by it, so that requests cost nothing.
 */
export const selfMeterProvider = new MeterProvider({ readers: [exporter] });

/** Answers with these metrics in Prometheus' text format. */
export const answerSelfMetrics: PrometheusExporter['getMetricsRequestHandler'] = (request, response) =>
  exporter.getMetricsRequestHandler(request, response);
