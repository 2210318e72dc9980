/** Builds one tool into a folder of its own; the caller moves the result to where it is used from. */
import { execFile, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../errors.ts';
import type { Lease } from './lease.ts';
import { isGroupAlive, signalGroup, waitWhile } from './process-group.ts';
import { BUILD_FLAGS, type ToolModule } from './tool-modules.ts';

const SMOKE_TEST_MS = 30_000;
const KILL_MS = 5_000;
const KEPT_OUTPUT = 4_000;

export interface GoBuild {
  readonly module: ToolModule;
  readonly go: string;
  /** Exists, is empty, and is the caller's to delete. */
  readonly folder: string;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  /** Called with the number of modules downloaded so far. */
  onDownload(count: number): void;
}

/**
 * Runs `go build` and then the tool once, and returns the tool's path. UserError with Go's own words when the build
 * fails, the signal's reason when it aborts (no process is left by then), Error when the built tool does not run.
 */
export async function goBuild(build: GoBuild): Promise<string> {
  build.signal.throwIfAborted();
  const output = join(build.folder, build.module.name);
  const temporary = join(build.folder, 'tmp');
  await mkdir(temporary);
  const child = spawn(build.go, ['build', ...BUILD_FLAGS, '-o', output, build.module.mainPackage], {
    cwd: build.module.folder,
    // A group of its own, so that Ctrl-C reaches compiler and linker too, when we decide it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...build.lease.environment,
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-mod=readonly',
      GOWORK: 'off',
      // Go leaves its work folder behind when it is killed; in here it is deleted with the rest.
      GOTMPDIR: temporary,
    },
  });
  const { pid } = child;
  if (pid !== undefined) {
    build.lease.addGroup({ name: `go build ${build.module.name}`, pid, isService: false, signal: 'SIGTERM' });
  }
  let text = '';
  let downloads = 0;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT_OUTPUT);
    downloads += chunk.split('go: downloading ').length - 1;
    build.onDownload(downloads);
  });
  const problem = await new Promise<string | undefined>((resolve) => {
    const onAbort = () => pid !== undefined && signalGroup(pid, 'SIGKILL');
    build.signal.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      build.signal.removeEventListener('abort', onAbort);
      resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`));
    });
  });
  if (pid !== undefined) {
    signalGroup(pid, 'SIGKILL');
    await waitWhile(() => isGroupAlive(pid), KILL_MS);
    build.lease.removeGroup(pid);
  }
  build.signal.throwIfAborted();
  if (problem !== undefined) throw buildFailure(build.module, problem, text);
  await smokeTest(build.module, output, build.signal);
  return output;
}

/** A tool that was cut short on disk or was built for another machine fails here and not in the middle of a run. */
async function smokeTest(module: ToolModule, path: string, signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(path, [...module.smokeTest], { signal, timeout: SMOKE_TEST_MS });
  } catch (error) {
    signal.throwIfAborted();
    const command = [module.name, ...module.smokeTest].join(' ');
    throw new Error(`${module.name} was built but does not run: \`${command}\`: ${messageOf(error)}`);
  }
}

function buildFailure(module: ToolModule, problem: string, text: string): UserError {
  const words = text.split('\n').filter((line) => line !== '' && !line.startsWith('go: downloading '));
  return new UserError(
    `${module.name} could not be built (go build in ${module.folder}: ${problem}):\n${words.slice(-15).join('\n')}\n` +
      'If modules could not be downloaded, check the network and `go env GOPROXY`; if the disk is full, make room. Then run it again: what is built stays.',
  );
}
