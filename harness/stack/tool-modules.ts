/** The pinned Go tools: what each is built from, and which version that is. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project-root.ts';

export type ToolName = 'toxiproxy' | 'vegeta' | 'jaeger' | 'collector';

export interface ToolModule {
  readonly name: ToolName;
  /** Folder with its go.mod, go.sum and, for the collector, its sources. */
  readonly folder: string;
  /** The main package, as `go build` takes it. */
  readonly mainPackage: string;
  /** The module whose version is the tool's version. */
  readonly versionOf: string;
  /** Arguments with which the built tool shows that it works. */
  readonly smokeTest: readonly string[];
}

const MODULES: readonly Omit<ToolModule, 'folder'>[] = [
  // In the order of the time that they take to build: something is seen to be done soon.
  {
    name: 'vegeta',
    mainPackage: 'github.com/tsenart/vegeta/v12',
    versionOf: 'github.com/tsenart/vegeta/v12',
    smokeTest: ['--version'],
  },
  {
    name: 'toxiproxy',
    mainPackage: 'github.com/Shopify/toxiproxy/v2/cmd/server',
    versionOf: 'github.com/Shopify/toxiproxy/v2',
    smokeTest: ['-version'],
  },
  {
    name: 'collector',
    mainPackage: '.',
    versionOf: 'go.opentelemetry.io/collector/otelcol',
    smokeTest: ['--version'],
  },
  {
    name: 'jaeger',
    mainPackage: 'github.com/jaegertracing/jaeger/cmd/jaeger',
    versionOf: 'github.com/jaegertracing/jaeger',
    smokeTest: ['version'],
  },
];

/** All tools, or those named, in the order in which to build them. */
export function toolModules(names?: readonly ToolName[]): ToolModule[] {
  return MODULES.filter((module) => names?.includes(module.name) ?? true).map((module) => ({
    ...module,
    folder: join(PROJECT_ROOT, 'tools', module.name),
  }));
}

/** The version of each tool as its go.mod pins it, e.g. `v12.13.0`. */
export function toolVersions(): Record<ToolName, string> {
  const version = (name: ToolName) => toolModules([name]).map(versionOf).join();
  return {
    toxiproxy: version('toxiproxy'),
    vegeta: version('vegeta'),
    jaeger: version('jaeger'),
    collector: version('collector'),
  };
}

/** The version that go.mod pins. */
export function versionOf(module: ToolModule): string {
  for (const line of readGoMod(module).split('\n')) {
    const [name, version] = line
      .replace(/^require\s+/, '')
      .trim()
      .split(/\s+/);
    if (name === module.versionOf && version !== undefined) return version;
  }
  throw new Error(`${join(module.folder, 'go.mod')} requires no ${module.versionOf}`);
}

/** The oldest Go that the module builds with, e.g. `1.26.0`. */
export function requiredGo(module: ToolModule): string {
  return /^go\s+(\S+)/m.exec(readGoMod(module))?.[1] ?? '1.0';
}

/**
 * Names one build of the tool: a hash of all that goes into it. go.sum fixes the contents of every dependency, so
 * equal hashes mean equal programs, and checkouts of the project can share them.
 */
export function buildId(module: ToolModule, goVersion: string): string {
  const hash = createHash('sha256').update(
    [goVersion, process.platform, process.arch, module.mainPackage, ...BUILD_FLAGS].join('\n'),
  );
  const files = readdirSync(module.folder).filter((file) => /\.go$|^go\.(mod|sum)$/.test(file));
  for (const file of files.sort()) {
    hash.update(`\n${file}\n`).update(readFileSync(join(module.folder, file)));
  }
  return `${module.name}-${hash.digest('hex').slice(0, 16)}`;
}

/** -trimpath: the same program whatever the folder. -s -w: no debugging tables, a third of the size. */
export const BUILD_FLAGS: readonly string[] = ['-trimpath', '-ldflags=-s -w'];

function readGoMod(module: ToolModule): string {
  return readFileSync(join(module.folder, 'go.mod'), 'utf8');
}
