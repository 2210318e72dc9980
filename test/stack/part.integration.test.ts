import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PartDeath } from '../../harness/contracts.ts';
import { runCommand } from '../../harness/stack/command.ts';
import { type Lease, takeLease } from '../../harness/stack/lease.ts';
import { type PartSpec, spawnPart } from '../../harness/stack/part.ts';
import { PartError } from '../../harness/stack/part-error.ts';
import { pollUntil } from '../../harness/stack/poll.ts';
import { findLeased } from '../../harness/stack/process-scan.ts';
import { temporaryFolder } from './helpers.ts';

let lease: Lease;
const never = new AbortController().signal;

beforeAll(async () => {
  lease = await takeLease({ logFile: '/dev/null' });
});

afterAll(async () => {
  expect(findLeased(lease.id).size).toBe(0);
  await lease.release();
});

async function shell(script: string, changes: Partial<PartSpec> = {}): Promise<PartSpec> {
  const folder = await temporaryFolder();
  const upFile = join(folder, 'up');
  return {
    name: 'shell',
    kind: 'service',
    command: ['sh', '-c', script],
    environment: { PATH: process.env['PATH'] ?? '' },
    folder,
    logFile: join(folder, 'shell.log'),
    ready: async () => (existsSync(upFile) ? undefined : 'it has not made its file'),
    readyWithinMs: 10_000,
    stopWithinMs: 5_000,
    ...changes,
  };
}

test('stops a part together with what it started, and does not call that a death', async () => {
  const onDeath = vi.fn();
  const spec = await shell('sleep 1000 & touch up; wait');
  const part = spawnPart(spec, lease, onDeath);
  await part.untilReady(never);
  expect(findLeased(lease.id).size).toBe(2);
  expect(await part.stop()).toBe('ended');
  expect(await part.stop()).toBe('ended');
  expect(findLeased(lease.id).size).toBe(0);
  expect(onDeath).not.toHaveBeenCalled();
});

test('kills a part that does not heed the stop signal, and says so', async () => {
  const spec = await shell('trap "" TERM; touch up; while :; do sleep 0.1; done', { stopWithinMs: 300 });
  const part = spawnPart(spec, lease, () => undefined);
  await part.untilReady(never);
  expect(await part.stop()).toBe('killed');
  expect(findLeased(lease.id).size).toBe(0);
});

test('tells of a death once, with how and the end of the log', async () => {
  const deaths: PartDeath[] = [];
  const spec = await shell('touch up; sleep 0.2; echo "out of cheese" >&2; kill -9 $$');
  const part = spawnPart(spec, lease, (death) => deaths.push(death));
  await part.untilReady(never);
  await pollUntil(async () => (deaths.length > 0 ? undefined : 'lives'), { withinMs: 10_000 });
  await part.stop();
  expect(deaths).toMatchObject([
    { how: 'signal SIGKILL', logTail: 'out of cheese', part: { name: 'shell' } },
  ]);
});

test('fails at once, with the log, when the part ends before it is ready', async () => {
  const spec = await shell('echo "no such table"; exit 3', { readyWithinMs: 60_000 });
  const began = performance.now();
  const part = spawnPart(spec, lease, () => undefined);
  const failure = part.untilReady(never);
  await expect(failure).rejects.toThrow(PartError);
  await expect(failure).rejects.toThrow(/^shell ended \(exit code 3\); end of its log .*:\nno such table$/);
  expect(performance.now() - began).toBeLessThan(30_000);
});

test('fails with reason and log when the part is not ready in time', async () => {
  const part = spawnPart(
    await shell('echo "waiting for Godot"; sleep 1000', { readyWithinMs: 300 }),
    lease,
    () => undefined,
  );
  const failure = part.untilReady(never);
  await expect(failure).rejects.toMatchObject({
    part: 'shell',
    partKind: 'service',
    logTail: 'waiting for Godot',
  });
  await expect(failure).rejects.toThrow('not within 0.3 s: it has not made its file');
  expect(await part.stop()).toBe('ended');
});

test('a program that does not exist is a death like any other', async () => {
  const onDeath = vi.fn();
  const part = spawnPart(await shell('', { command: ['/no/such/program'] }), lease, onDeath);
  await expect(part.untilReady(never)).rejects.toThrow('ENOENT');
  expect(await part.stop()).toBe('ended');
  expect(onDeath).toHaveBeenCalledTimes(1);
});

test('a command that succeeds leaves nothing behind, one that fails shows its log', async () => {
  await runCommand({ ...(await shell('sleep 1000 & exit 0')), withinMs: 10_000 }, lease, never);
  expect(findLeased(lease.id).size).toBe(0);
  const failing = runCommand({ ...(await shell('echo bad seed; exit 1')), withinMs: 10_000 }, lease, never);
  await expect(failing).rejects.toThrow(/ended \(exit code 1\).*\nbad seed/s);
});

test('a command ends when it is aborted and when it takes too long', async () => {
  const spec = await shell('touch up; sleep 1000 & wait');
  const controller = new AbortController();
  const running = runCommand({ ...spec, withinMs: 60_000 }, lease, controller.signal);
  await pollUntil(spec.ready, { withinMs: 10_000 });
  controller.abort(new Error('interrupted'));
  await expect(running).rejects.toThrow('interrupted');
  expect(findLeased(lease.id).size).toBe(0);
  const slow = runCommand({ ...(await shell('sleep 1000')), withinMs: 200 }, lease, never);
  await expect(slow).rejects.toThrow('took longer than 0.2 s');
  expect(findLeased(lease.id).size).toBe(0);
});

test('parts carry the lease and none of the variables that are not theirs', async () => {
  const spec = await shell('env > environment; touch up; sleep 1000');
  const part = spawnPart(spec, lease, () => undefined);
  await part.untilReady(never);
  await part.stop();
  const names = readFileSync(join(spec.folder, 'environment'), 'utf8').match(/^\w+(?==)/gm) ?? [];
  expect(names.filter((name) => !['PWD', 'SHLVL', 'OLDPWD', '_'].includes(name)).sort()).toEqual([
    'CHAOSCOPE_LEASE',
    'PATH',
  ]);
});
