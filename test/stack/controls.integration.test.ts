import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { PartDeath, Stack, StackOptions } from '../../harness/contracts.ts';
import { recordingFiles } from '../../harness/evidence/recording-files.ts';
import { native } from '../../harness/stack/native.ts';
import { temporaryFolder } from './helpers.ts';
import { tinyOptions } from './tiny-system.ts';

async function start(changes: Partial<StackOptions> = {}): Promise<{ stack: Stack; deaths: PartDeath[] }> {
  const folder = await temporaryFolder();
  const stack = await native.start(tinyOptions(folder, changes));
  onTestFinished(() => void stack.stop());
  const deaths: PartDeath[] = [];
  stack.onDeath((death) => deaths.push(death));
  return { stack, deaths };
}

const pidOf = (stack: Stack, name: string) => stack.parts.find((part) => part.name === name)?.pid;
const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

test.each(['kill', 'stop'] as const)(
  'the Collector ends on purpose (%s), which is no death, and starts again with a recording of its own',
  async (how) => {
    const { stack, deaths } = await start();
    const collector = stack.controls.get('collector');
    const before = pidOf(stack, 'collector');
    await collector?.end(how);
    await collector?.end(how);
    expect(await collector?.isUp()).toBe(false);
    expect(await answers(stack.collectorMetricsUrl)).toBe(false);

    await collector?.start();
    await collector?.start();
    expect(await collector?.isUp()).toBe(true);
    expect(await answers(stack.collectorMetricsUrl)).toBe(true);
    expect(pidOf(stack, 'collector')).not.toBe(before);
    expect(stack.parts.filter(({ name }) => name === 'collector')).toHaveLength(1);
    expect(recordingFiles(stack.recordingFile)).toHaveLength(2);
    expect(await stack.stop()).toEqual([]);
    expect(deaths).toEqual([]);
  },
  120_000,
);

test('a Collector that was started again dies by itself: that is a death', async () => {
  const { stack, deaths } = await start();
  const collector = stack.controls.get('collector');
  await collector?.end('kill');
  await collector?.start();
  process.kill(-(pidOf(stack, 'collector') ?? 0), 'SIGKILL');
  await expect.poll(() => deaths.map(({ part }) => part.name), { timeout: 5000 }).toEqual(['collector']);
}, 120_000);

test('what a fault ended is started again also when the run is being stopped', async () => {
  const controller = new AbortController();
  const { stack } = await start({ signal: controller.signal });
  const jaeger = stack.controls.get('jaeger');
  await jaeger?.end('kill');
  controller.abort(new Error('stopped'));
  await jaeger?.start();
  expect(await jaeger?.isUp()).toBe(true);
  expect(await stack.stop()).toEqual([]);
}, 120_000);

test('edges of the pipeline have a proxy only when one asks for it', async () => {
  const { stack } = await start();
  expect([...stack.proxies.keys()].sort()).toEqual(['back-to-database', 'front-to-back']);
  await stack.stop();

  const { stack: proxied } = await start({
    pipelineEdges: ['services-to-collector', 'collector-to-jaeger'],
  });
  const proxy = proxied.proxies.get('services-to-collector');
  const environment: unknown = await (await fetch(`${proxied.serviceUrl('front')}/environment`)).json();
  expect(environment).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${proxy?.address}` });
  const collector = readFileSync(`/proc/${pidOf(proxied, 'collector')}/environ`, 'utf8').split('\0');
  const jaeger = proxied.proxies.get('collector-to-jaeger')?.address;
  expect(collector).toContain(`CHAOSCOPE_JAEGER_OTLP_GRPC=${jaeger}`);
}, 120_000);
