import { join } from 'node:path';
import { expect, it } from 'vitest';
import { servicePart } from '../../harness/stack/services.ts';
import { SHUTDOWN_MS } from '../../services/lib/shutdown.ts';
import shop from '../../services/system.ts';
import { ended, run } from './support/processes.ts';

it('all stages together take less than the harness waits for a service', () => {
  const options = { name: 'order-service', port: 1, seed: 1, environment: {}, logFile: '', collectorUrl: '' };
  const part = servicePart(shop.services['order-service'], {
    ...options,
    system: shop,
    address: () => 'a:1',
  });
  // A second for the signal to come through, and for the process to end.
  expect(SHUTDOWN_MS).toBeLessThanOrEqual(part.stopWithinMs - 1000);
});

it('stuck loops end no later together than one alone, take no work meanwhile, and the telemetry comes last', async () => {
  const script = join(import.meta.dirname, 'support/stuck-loops.ts');
  const begun = performance.now();
  const service = run('loops', [process.execPath, script], { env: {} });
  const code = await ended(service);
  expect(performance.now() - begun).toBeLessThan(SHUTDOWN_MS);
  const lines = service.output().trim().split('\n');
  const [before, after] = [
    lines.slice(0, lines.indexOf('SIGTERM')),
    lines.slice(lines.indexOf('SIGTERM') + 1),
  ];
  expect(before.length).toBeGreaterThan(3);
  expect(after).toEqual([
    ...['one', 'two', 'three', 'four'].map((title) => `shutdown: ${title}: not closed within 5000 ms`),
    expect.stringMatching(/^shutdown: jobs: not closed within \d{3} ms$/),
    'database',
    'telemetry',
  ]);
  expect(code).toBe(0);
});
