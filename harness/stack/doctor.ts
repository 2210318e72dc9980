/** What a run needs of the machine, and what to do where it is not there. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { messageOf } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { cacheFolder } from './cache-folder.ts';
import {
  type Check,
  checkCores,
  checkDisk,
  checkIdle,
  checkMemory,
  checkToolDisk,
  ok,
} from './doctor-machine.ts';
import { checkGoVersion, compareVersions, readGoVersion } from './go-toolchain.ts';
import { readPostgresVersion } from './postgres-binaries.ts';
import { findLeased, listPids, readCommand } from './process-scan.ts';
import { requiredGo, toolModules } from './tool-modules.ts';
import { findTools } from './tools.ts';

const NODE_NEEDED = '24.0.0';

/** Looks at everything and changes nothing, but for making the empty cache folder. Never rejects. */
export async function checkMachine(): Promise<Check[]> {
  // First and alone: the other checks run programs.
  const idle = await checkIdle();
  return (
    await Promise.all([
      checkPlatform(),
      checkNode(),
      checkGo(),
      checkTools(),
      checkPostgres(),
      checkCache(),
      checkDisk('disk for runs', process.cwd(), 2, 'a run needs up to 2 GiB there'),
      checkDisk('disk for temporary files', tmpdir(), 1, 'a run needs up to 1 GiB there'),
      checkToolDisk(),
      checkMemory(),
      checkCores(),
      idle,
      checkLeftovers(),
    ])
  ).flat();
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
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return ok('cache', folder);
  } catch (error) {
    const remedy = 'Set CHAOSCOPE_CACHE to a folder that you may write to.';
    return { name: 'cache', status: 'missing', found: messageOf(error), remedy };
  }
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
