/** The pinned Go tools, built once per user into a cache that all checkouts of the project share. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { messageOf, UserError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { cacheFolder } from './cache-folder.ts';
import { goBuild } from './go-build.ts';
import { checkGoVersion, compareVersions, readGoVersion } from './go-toolchain.ts';
import { type Lease, takeLease } from './lease.ts';
import {
  buildId,
  requiredGo,
  type ToolModule,
  type ToolName,
  toolModules,
  versionOf,
} from './tool-modules.ts';

export type { ToolName } from './tool-modules.ts';
export { toolVersions } from './tool-modules.ts';

export interface Tool {
  readonly path: string;
  /** As go.mod pins it, e.g. `v12.13.0`. */
  readonly version: string;
}

export interface ToolOptions {
  /** Only these; default all. */
  readonly names?: readonly ToolName[];
  /** Default: see cacheFolder(). */
  readonly cache?: string;
  /** The Go command; default `go`. */
  readonly go?: string;
  readonly signal?: AbortSignal;
  /** A line for each thing that begins or ends: `step 1 of 2: building jaeger v1.76.0`. Nothing when all is there. */
  onProgress?(line: string): void;
  /**
   * While a step lasts, every second: `step 1 of 2: building jaeger v1.76.0 … 42 s elapsed`. For terminals, which show it
   * in place of the one before. Without it, onProgress gets such a line every 15 seconds.
   */
  onElapsed?(line: string): void;
}

/** A lock that was not renewed for this long is a dead process's. */
const STALE_MS = 15_000;
const WAIT_MS = 500;
const LINE_EVERY_S = 15;

/**
 * Sees to it that the tools are there and returns where. Builds what is missing, one after the other.
 *
 * Several processes may call it at once: one builds, the others wait for it. Whatever ends it, no half-built tool is
 * left, since a tool is moved to its place only when it has run once. Rejects with UserError when Go is missing or too old, when a build
 * fails or when the cache cannot be written, and with the signal's reason when that aborts.
 */
export async function ensureTools(options: ToolOptions = {}): Promise<Record<ToolName, Tool>> {
  const modules = toolModules(options.names);
  const go = options.go ?? 'go';
  const goVersion = await readGoVersion(go);
  const root = join(options.cache ?? cacheFolder(), 'tools');
  const places = modules.map((module) => {
    const folder = join(root, buildId(module, goVersion));
    return { module, folder, path: join(folder, module.name) };
  });
  const missing: Place[] = [];
  for (const place of places) if (!(await exists(place.path))) missing.push(place);
  if (missing.length > 0) {
    checkGoVersion(goVersion, missing.map((place) => requiredGo(place.module)).reduce(newer));
    await buildAll(missing, { ...options, go, root });
  }
  const tools: Partial<Record<ToolName, Tool>> = {};
  for (const { module, path } of places) tools[module.name] = { path, version: versionOf(module) };
  return tools as Record<ToolName, Tool>;
}

/** Where each tool is or would be, and whether it is there. Builds nothing. */
export async function findTools(options: Pick<ToolOptions, 'cache' | 'go'> = {}): Promise<
  readonly {
    readonly name: ToolName;
    readonly version: string;
    readonly path: string;
    readonly built: boolean;
  }[]
> {
  const goVersion = await readGoVersion(options.go);
  const root = join(options.cache ?? cacheFolder(), 'tools');
  return Promise.all(
    toolModules().map(async (module) => {
      const path = join(root, buildId(module, goVersion), module.name);
      return { name: module.name, version: versionOf(module), path, built: await exists(path) };
    }),
  );
}

interface Place {
  readonly module: ToolModule;
  readonly folder: string;
  readonly path: string;
}

interface Work extends ToolOptions {
  readonly go: string;
  readonly root: string;
}

async function buildAll(places: readonly Place[], work: Work): Promise<void> {
  try {
    await makeFolder(work.root);
  } catch (error) {
    throw new UserError(
      `The cache ${work.root} cannot be written: ${messageOf(error)}. Set CHAOSCOPE_CACHE to a folder that can.`,
    );
  }
  // A keeper of its own: a compiler that runs for minutes must not outlive a harness that was killed.
  const lease = await takeLease({ logFile: join(work.root, 'build.log') });
  try {
    for (const [index, place] of places.entries()) {
      const step = `step ${index + 1} of ${places.length}`;
      await underLock(place, step, work, () => buildOne(place, step, work, lease));
    }
  } finally {
    await lease.release();
  }
}

/** Runs `build` while no other process does for the same tool; not at all when another one has done it meanwhile. */
async function underLock(place: Place, step: string, work: Work, build: () => Promise<void>): Promise<void> {
  const clock = elapsedLines(`${step}: another process is building ${place.module.name}, waiting`, work);
  let release: (() => Promise<void>) | undefined;
  try {
    for (;;) {
      work.signal?.throwIfAborted();
      if (await exists(place.path)) return;
      release = await tryLock(place.folder);
      if (release !== undefined) break;
      clock.start();
      await delay(WAIT_MS, undefined, work.signal === undefined ? {} : { signal: work.signal }).catch(
        () => undefined,
      );
    }
  } finally {
    clock.stop();
  }
  try {
    if (!(await exists(place.path))) await build();
  } finally {
    // Fails when the lock was taken over, see onCompromised; then there is nothing to give back.
    await release().catch(() => undefined);
  }
}

async function tryLock(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lockfile.lock(folder, {
      realpath: false,
      stale: STALE_MS,
      // Taken over while this process was suspended: at worst both build, each in a folder of its own.
      onCompromised: () => undefined,
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return undefined;
    throw error;
  }
}

async function buildOne(place: Place, step: string, work: Work, lease: Lease): Promise<void> {
  const { name } = place.module;
  const title = `${step}: building ${name} ${versionOf(place.module)}`;
  const prefix = `building-${basename(place.folder)}-`;
  // Left by builds that were killed together with their keeper; this process holds the lock for this very build.
  for (const entry of await readdir(work.root)) {
    if (entry.startsWith(prefix)) await rm(join(work.root, entry), { recursive: true, force: true });
  }
  const folder = join(work.root, prefix + randomBytes(4).toString('hex'));
  lease.addFolder(folder);
  await mkdir(folder);
  const clock = elapsedLines(title, work);
  work.onProgress?.(title);
  clock.start();
  try {
    const built = await goBuild({
      module: place.module,
      go: work.go,
      folder,
      lease,
      signal: work.signal ?? new AbortController().signal,
      onDownload: (count) => clock.say(count > 0 ? `, ${count} modules downloaded` : ''),
    });
    await mkdir(place.folder, { recursive: true });
    await rename(built, place.path);
    work.onProgress?.(`${step}: built ${name} in ${clock.seconds()} s`);
  } finally {
    clock.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tells how long a step has lasted: every second to onElapsed, else now and then to onProgress. */
function elapsedLines(title: string, work: ToolOptions) {
  let began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let note = '';
  const seconds = () => Math.round((performance.now() - began) / 1000);
  return {
    seconds,
    say: (text: string) => {
      note = text;
    },
    start: () => {
      if (timer !== undefined) return;
      began = performance.now();
      timer = setInterval(() => {
        const line = `${title}${note} … ${seconds()} s elapsed`;
        if (work.onElapsed !== undefined) work.onElapsed(line);
        else if (seconds() % LINE_EVERY_S === 0) work.onProgress?.(line);
      }, 1000);
    },
    stop: () => clearInterval(timer),
  };
}

function newer(a: string, b: string): string {
  return compareVersions(a, b) < 0 ? b : a;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
