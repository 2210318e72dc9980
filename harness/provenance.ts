/** What the code and the machine add to a run, so that somebody else can tell why theirs came out otherwise. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { How, ServiceEnvironment } from './contracts.ts';
import { sha256Of } from './evidence/checksums.ts';
import { PROJECT_ROOT } from './stack/project-root.ts';

const GIT_MS = 10_000;

/** What the user gave on the command line. */
export interface Given {
  readonly environment: ServiceEnvironment;
  /** As given; undefined = the shipped file. */
  readonly collectorConfig?: string | undefined;
  readonly jaegerConfig?: string | undefined;
}

/** What messages call the configurations: as the user gave them, since what runs is a copy. */
export function configurationNames(
  given: Given,
  files: { readonly collectorConfig: string; readonly jaegerConfig: string },
): { readonly collector: string; readonly jaeger: string } {
  const name = (option: string, file: string | undefined, path: string) =>
    file === undefined ? path : `${option} ${file}`;
  return {
    collector: name('--collector-config', given.collectorConfig, files.collectorConfig),
    jaeger: name('--jaeger-config', given.jaegerConfig, files.jaegerConfig),
  };
}

/**
 * How a run is made.
 * @param copies the configurations as they lie in the run's folder
 */
export async function howOf(
  given: Given,
  faultsApplied: boolean,
  copies: { readonly collectorConfig: string; readonly jaegerConfig: string },
): Promise<How> {
  const record = async (file: string | undefined, copy: string) => ({
    file: file ?? 'shipped',
    sha256: await sha256Of(copy),
  });
  return {
    faultsApplied,
    environment: given.environment,
    configurations: {
      collector: await record(given.collectorConfig, copies.collectorConfig),
      jaeger: await record(given.jaegerConfig, copies.jaegerConfig),
    },
    version: readVersion(),
    git: await readGit(),
    machine: {
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      kernel: `${type()} ${release()}`,
      node: process.version,
    },
  };
}

/** Of chaoscope, as package.json has it. */
export function readVersion(): string {
  const { version }: { version?: string } = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'),
  );
  return version ?? 'unknown';
}

/** The checkout at `root`; null when that is none, or git is not there. */
export async function readGit(root = PROJECT_ROOT): Promise<How['git']> {
  // Without a `.git` of its own, git would answer for whatever checkout the folder lies in.
  if (!existsSync(join(root, '.git'))) return null;
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('git', ['-C', root, ...args], { timeout: GIT_MS })).stdout.trim();
  try {
    const revision = await git('rev-parse', 'HEAD');
    // Without optional locks: somebody may be at work in the checkout.
    return { revision, isDirty: (await git('--no-optional-locks', 'status', '--porcelain')) !== '' };
  } catch {
    return null;
  }
}
