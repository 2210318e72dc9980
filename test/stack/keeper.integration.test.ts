import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeLease } from '../../harness/stack/lease.ts';
import { pollUntil } from '../../harness/stack/poll.ts';
import { findLeased, readProcess } from '../../harness/stack/process-scan.ts';
import { findKeepers, startScript, temporaryFolder, untilLeaseIsGone } from './helpers.ts';

interface Told {
  readonly lease: string;
  readonly temporary: string;
  readonly pids: readonly number[];
}

test('reverts everything when the harness is killed', async () => {
  const folder = await temporaryFolder();
  const { child, told } = await startScript<Told>('holder.ts', [folder]);
  // Two shells, their children, and the one that was never registered.
  await pollUntil(async () => (findLeased(told.lease).size >= 5 ? undefined : 'not all up'), {
    withinMs: 5_000,
  });
  child.kill('SIGKILL');
  await untilLeaseIsGone(told.lease);
  for (const pid of told.pids) expect(readProcess(pid)?.zombie ?? true).toBe(true);
  expect(existsSync(told.temporary)).toBe(false);
  const log = readFileSync(join(folder, 'logs', 'keeper.log'), 'utf8');
  const [polite, stubborn] = told.pids;
  expect(log).toContain(`SIGTERM to polite (group ${polite})`);
  expect(log).not.toContain('SIGKILL to polite');
  expect(log).toContain(`SIGKILL to stubborn (group ${stubborn})`);
  expect(log.indexOf('SIGTERM to polite')).toBeLessThan(log.indexOf('SIGTERM to stubborn'));
  expect(log).toContain(`deleted ${told.temporary}`);
});

test('reverts when the harness lives but gives no sign of life', async () => {
  const folder = await temporaryFolder();
  const { child, told } = await startScript<Told>('holder.ts', [folder, '1']);
  child.kill('SIGSTOP');
  await untilLeaseIsGone(told.lease);
  expect(existsSync(told.temporary)).toBe(false);
  expect(readFileSync(join(folder, 'logs', 'keeper.log'), 'utf8')).toContain('no sign of life for 1 s');
});

test('stands through the signals of a terminal, and ends without reverting when told so', async () => {
  const folder = await temporaryFolder();
  const lease = await takeLease({ logFile: join(folder, 'keeper.log') });
  lease.addFolder(folder);
  const [keeper = 0] = findKeepers(lease.id);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(keeper, signal);
  // Its own session: what the terminal sends to its processes does not even reach it.
  expect(readProcess(keeper)?.group).toBe(keeper);
  expect(await lease.release()).toBeUndefined();
  expect(findKeepers(lease.id)).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});

test('tells when the keeper was gone before the end', async () => {
  const folder = await temporaryFolder();
  const lease = await takeLease({ logFile: join(folder, 'keeper.log') });
  const [keeper = 0] = findKeepers(lease.id);
  process.kill(keeper, 'SIGKILL');
  await pollUntil(async () => (readProcess(keeper)?.zombie === false ? 'lives' : undefined), {
    withinMs: 5_000,
  });
  lease.addFolder('/nonexistent');
  await pollUntil(async () => ((await lease.release()) === undefined ? 'not told' : undefined), {
    withinMs: 5_000,
  });
});
