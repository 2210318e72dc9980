/** What a run needs of the machine, and what to do where it is not there. */
import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { messageOf } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { checkGoVersion, compareVersions, readGoVersion } from './go-toolchain.ts';
import { readPostgresVersion } from './postgres-binaries.ts';
import { findLeased, listPids, readCommand } from './process-scan.ts';
import { requiredGo, toolModules } from './tool-modules.ts';
import { findTools } from './tools.ts';

export interface Check {
  readonly name: string;
  /** missing: nothing runs without it. warning: it runs, but see `remedy`. */
  readonly status: 'ok' | 'missing' | 'warning';
  readonly found: string;
  /** What to do; empty when the status is ok. */
  readonly remedy: string;
}

const GIB = 1024 ** 3;
const NODE_NEEDED = '24.0.0';

/** Looks at everything and changes nothing, but for making the empty cache folder. Never rejects. */
export async function checkMachine(): Promise<Check[]> {
  return (
    await Promise.all([
      checkPlatform(),
      checkNode(),
      checkGo(),
      checkTools(),
      checkPostgres(),
      checkCache(),
      checkDisk('disk for runs', process.cwd(), 2),
      checkDisk('disk for temporary files', tmpdir(), 1),
      checkMemory(),
      checkCores(),
      checkLeftovers(),
    ])
  ).flat();
}

function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, remedy: '' };
}

function checkPlatform(): Check {
  const found = `${process.platform}-${process.arch}`;
  if (process.platform === 'linux' && listPids().length > 0) return ok('system', `${found} with /proc`);
  const remedy =
    'Run it on Linux with /proc mounted. Elsewhere processor and memory figures are missing, so no run is believed, and ' +
    'processes that leave their group are not found after a kill.';
  return { name: 'system', status: 'warning', found, remedy };
}

function checkNode(): Check {
  const found = process.versions.node;
  if (compareVersions(found, NODE_NEEDED) >= 0) return ok('node', found);
  const remedy = `Run \`npm ci\`, which installs Node 24 for this project, and start by \`npm run …\`; or install Node ${NODE_NEEDED}.`;
  return { name: 'node', status: 'missing', found, remedy };
}

async function checkGo(): Promise<Check> {
  let found = 'none';
  try {
    found = await readGoVersion();
    for (const module of toolModules()) checkGoVersion(found, requiredGo(module));
    return ok('go', found);
  } catch (error) {
    return { name: 'go', status: 'missing', found, remedy: messageOf(error) };
  }
}

async function checkTools(): Promise<Check[]> {
  try {
    return (await findTools()).map((tool) =>
      ok(
        tool.name,
        tool.built ? `${tool.version} at ${tool.path}` : `${tool.version}, will be built by the first run`,
      ),
    );
  } catch {
    return toolModules().map((module) => ({
      name: module.name,
      status: 'missing',
      found: 'not known without Go',
      remedy: 'Install Go, see above; the first run then builds it.',
    }));
  }
}

async function checkPostgres(): Promise<Check> {
  try {
    return ok('postgres', await readPostgresVersion());
  } catch (error) {
    const remedy = messageOf(error);
    return { name: 'postgres', status: 'missing', found: 'does not run', remedy };
  }
}

async function checkCache(): Promise<Check> {
  const folder = cacheFolder();
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return ok('cache', folder);
  } catch (error) {
    const remedy = 'Set CHAOSCOPE_CACHE to a folder that you may write to.';
    return { name: 'cache', status: 'missing', found: messageOf(error), remedy };
  }
}

async function checkDisk(name: string, folder: string, neededGib: number): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / GIB;
  const found = `${free.toFixed(1)} GiB free at ${folder}`;
  if (free >= neededGib) return ok(name, found);
  return { name, status: 'warning', found, remedy: `Make room: a run needs up to ${neededGib} GiB there.` };
}

function checkMemory(): Check {
  const free = freemem() / GIB;
  const found = `${free.toFixed(1)} GiB available`;
  if (free >= 3) return ok('memory', found);
  const remedy = 'End other programs: the stack takes about 2 GiB, more when every trace is kept.';
  return { name: 'memory', status: 'warning', found, remedy };
}

function checkCores(): Check {
  const cores = availableParallelism();
  if (cores >= 2) return ok('cores', String(cores));
  const remedy = 'Use at least 2 cores, or lower --rate; 1000 requests/s saturate one core.';
  return { name: 'cores', status: 'warning', found: String(cores), remedy };
}

/** Processes of runs whose keeper is gone. Those of a run that is going on have theirs. */
function checkLeftovers(): Check {
  const kept = new Set(
    listPids().flatMap((pid) => {
      const command = readCommand(pid);
      const script = command.findIndex((word) => word.endsWith('/stack/keeper.ts'));
      return script < 0 ? [] : [command[script + 1] ?? ''];
    }),
  );
  const left = [...findLeased()].filter(([, lease]) => !kept.has(lease)).map(([pid]) => pid);
  if (left.length === 0) return ok('leftovers of earlier runs', 'none');
  const found = left.map((pid) => `${pid} (${readCommand(pid)[0] ?? '?'})`).join(', ');
  return { name: 'leftovers of earlier runs', status: 'warning', found, remedy: `kill ${left.join(' ')}` };
}
