import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePrometheus } from '../../harness/evidence/prometheus.ts';
import { freePorts } from '../free-ports.ts';
import { run, until } from './support/processes.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND = [process.execPath, '--import', './services/telemetry.ts', './services/stripe.ts'];

it('a service counts the spans that ended in it, those that its SDK lost, by reason, and its exports', async () => {
  const [port = 0, nobody = 0] = await freePorts(2);
  const service = run('stripe-api', COMMAND, {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      OTEL_SERVICE_NAME: 'stripe-api',
      // Nobody listens there: what is exported is given up, and what comes meanwhile finds a full queue.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}`,
      OTEL_BSP_MAX_QUEUE_SIZE: '2',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
    },
  });
  try {
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers }).catch(() => undefined);
    const counts = async () => {
      const unsampled = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };
      const samples = parsePrometheus((await (await ask('/metrics', unsampled))?.text()) ?? '');
      const of = (name: string, error?: string) =>
        samples.find((each) => each.name === name && each.labels['error_type'] === error)?.value ?? 0;
      return {
        ended: of('otel_sdk_span_ended_total'),
        full: of('otel_sdk_processor_span_processed_total', 'queue_full'),
        givenUp: of('otel_sdk_processor_span_processed_total', 'Error'),
        exports: samples
          .filter(({ name }) => name === 'otel_sdk_exporter_operation_duration_count')
          .reduce((sum, { value }) => sum + value, 0),
      };
    };
    await until('the service answers', async () => (await ask('/metrics'))?.ok);
    const before = (await counts()).ended;
    for (let request = 0; request < 9; request++) await ask('/v1/charges');
    const after = await until(
      'all of them are lost',
      async () => {
        const now = await counts();
        return now.ended - now.full - now.givenUp === 0 && now;
        // An exporter tries for ten seconds.
      },
      60_000,
    );
    // To be asked for its metrics is no span when the caller says so; being waited for was.
    expect(after.ended - before).toBe(9);
    expect(after.full).toBeGreaterThan(0);
    expect(after.givenUp).toBeGreaterThan(0);
    // Of at most two spans each.
    expect(after.exports).toBeGreaterThanOrEqual(after.givenUp / 2);
  } finally {
    await service.stop();
  }
});
