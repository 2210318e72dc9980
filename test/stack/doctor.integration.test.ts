import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { checkMachine } from '../../harness/stack/doctor.ts';
import { startScript, temporaryFolder, untilLeaseIsGone } from './helpers.ts';

afterEach(() => void vi.unstubAllEnvs());

async function check(name: string) {
  const checks = await checkMachine();
  const found = checks.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no check ${name}; there are: ${checks.map((one) => one.name)}`);
  return found;
}

test('looks at every prerequisite and has a remedy exactly where something is wrong', async () => {
  const checks = await checkMachine();
  const names = checks.map((one) => one.name);
  for (const name of [
    'node',
    'go',
    'vegeta',
    'toxiproxy',
    'collector',
    'jaeger',
    'postgres',
    'cache',
    'memory',
  ]) {
    expect(names).toContain(name);
  }
  for (const one of checks) expect(one.remedy === '', one.name).toBe(one.status === 'ok');
  expect(checks.find((one) => one.name === 'node')?.status).toBe('ok');
});

test('without Go the tools are missing too', async () => {
  vi.stubEnv('PATH', await temporaryFolder());
  expect(await check('go')).toMatchObject({ status: 'missing', found: 'none' });
  expect((await check('go')).remedy).toContain('Install');
  expect((await check('jaeger')).status).toBe('missing');
});

test('tells a cache that cannot be written', async () => {
  vi.stubEnv('CHAOSCOPE_CACHE', join(import.meta.dirname, 'fake-go.sh'));
  const { status, remedy } = await check('cache');
  expect(status).toBe('missing');
  expect(remedy).toContain('CHAOSCOPE_CACHE');
});

test('finds what a run left, and not what belongs to a run that is going on', async () => {
  const left = spawn('sleep', ['1000'], { env: { PATH: process.env['PATH'], CHAOSCOPE_LEASE: 'long-gone' } });
  onTestFinished(() => void left.kill('SIGKILL'));
  const { child, told } = await startScript<{ lease: string; pids: number[] }>('holder.ts', [
    await temporaryFolder(),
  ]);
  const { status, found, remedy } = await check('leftovers of earlier runs');
  expect(status).toBe('warning');
  expect(found).toContain(`${left.pid} (sleep)`);
  expect(remedy).toContain(String(left.pid));
  for (const pid of told.pids) expect(found).not.toContain(String(pid));
  child.kill('SIGKILL');
  await untilLeaseIsGone(told.lease);
});
