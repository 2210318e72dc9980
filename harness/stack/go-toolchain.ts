import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../errors.ts';

const REMEDY = 'Install a current Go (see go.dev) and put its bin folder into PATH.';

/** The version of the Go on this machine, e.g. `1.26.8`. UserError when there is none. */
export async function readGoVersion(go = 'go'): Promise<string> {
  let output: string;
  try {
    // GOTOOLCHAIN=local: the Go that is there, never one that it would download.
    const { stdout } = await promisify(execFile)(go, ['env', 'GOVERSION'], {
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    output = stdout.trim();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const what = isMissing
      ? 'Go is not installed (no `go` in PATH)'
      : `\`go env GOVERSION\` failed: ${messageOf(error)}`;
    throw new UserError(`${what}. It builds the pinned tools. ${REMEDY}`);
  }
  return output.replace(/^go/, '');
}

/** UserError when the Go that is there is older than a tool needs. */
export function checkGoVersion(found: string, needed: string): void {
  if (compareVersions(found, needed) < 0) {
    throw new UserError(`Go ${found} is too old: the pinned tools need ${needed} or later. ${REMEDY}`);
  }
}

/** Negative when `a` is older than `b`; compares up to three numbers and ignores what follows them (rc1, -custom). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+){0,2}/.exec(version)?.[0] ?? '0').split('.').map(Number);
}
