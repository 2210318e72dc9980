#!/usr/bin/env node
/**
 * The entry by name: checks what cli.ts, which is TypeScript, could not say on a Node that does not run it. Plain JavaScript of
 * Node 18. An older Node is not replaced by the project's own from here: a process in between would get signals twice or not at
 * all, and they are what stops a run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const USAGE = 2;

const root = fileURLToPath(new URL('..', import.meta.url));
const isThere = (path) => existsSync(join(root, path));

/** Why it cannot start, and what to do; undefined when it can. */
function problem() {
  if (!isThere('node_modules/commander/package.json'))
    return `the project is not installed: run \`npm ci\` in ${root} first`;
  if (Number.parseInt(process.versions.node, 10) >= NEEDED) return undefined;
  const found = `this is Node ${process.versions.node}, and Node ${NEEDED} is needed`;
  return isThere('node_modules/node/bin/node')
    ? `${found}. It is installed for the project: start by \`npx chaoscope …\` or \`npm run …\`, which use it`
    : `${found}. Run \`npm ci\` without --ignore-scripts, which installs it for the project`;
}

function refuse(why) {
  process.stderr.write(`chaoscope: ${why}.\n`);
  process.exitCode = USAGE;
}

const why = problem();
if (why !== undefined) refuse(why);
else {
  try {
    await import('../cli.ts');
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    refuse(
      `the project is not installed as its package-lock.json says: run \`npm ci\` in ${root} (${error.message})`,
    );
  }
}
