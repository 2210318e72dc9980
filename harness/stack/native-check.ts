/** What would be refused, found before a part is started. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { StackDriver } from '../contracts.ts';
import { messageOf, UserError } from '../errors.ts';
import { collectorPart } from './collector.ts';
import { type Configured, configurationNames, configurationRefusal } from './configuration-error.ts';
import { jaegerPart } from './jaeger.ts';
import { planLayout } from './layout.ts';
import type { PartSpec } from './part.ts';
import { ensureTools } from './tools.ts';

const VALIDATE_MS = 30_000;

/**
 * Checks the ports, and has Collector and Jaeger check their configurations, without a part or a file being made. They do
 * not see all that they refuse when they start, e.g. a policy of an unknown type.
 * @throws UserError for a port that is taken, a tool that cannot be built, or a configuration, in the program's own words
 */
export async function checkNative(options: Parameters<StackDriver['check']>[0]): Promise<void> {
  const { system, portBase, pipelineEdges, signal } = options;
  const names = configurationNames(options);
  const tools = await ensureTools({ names: ['collector', 'jaeger'], signal });
  const layout = await planLayout(system, portBase, pipelineEdges);
  // Nothing is written there: only the parts' environment is needed, since the configurations take their addresses from it.
  const nowhere = { folder: tmpdir(), logFile: '/dev/null' };
  const collector = collectorPart({
    ...nowhere,
    program: tools.collector.path,
    configuration: resolve(options.collectorConfig),
    configurationName: names.collector,
    ports: layout.collector,
    jaegerOtlpPort: layout.jaeger.otlpGrpc,
    recordingFile: join(tmpdir(), 'recording.otlp.zst'),
  });
  const jaeger = jaegerPart({
    ...nowhere,
    program: tools.jaeger.path,
    configuration: resolve(options.jaegerConfig),
    ports: layout.jaeger,
  });
  await validated('the Collector', names.collector, collector, signal);
  await validated('Jaeger', names.jaeger, jaeger, signal);
}

/**
 * Runs the part's program with `validate` before its options, for as long as that takes.
 * @throws UserError with the program's own words when it refuses its configuration
 */
export async function validated(
  program: Configured,
  name: string,
  { command: [file = '', ...parameters], environment, folder }: PartSpec,
  signal: AbortSignal,
): Promise<void> {
  const options = { env: { ...environment }, cwd: folder, timeout: VALIDATE_MS, signal };
  try {
    await promisify(execFile)(file, ['validate', ...parameters], options);
  } catch (error) {
    signal.throwIfAborted();
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw (
      configurationRefusal(program, name, output) ??
      new UserError(
        `${program} cannot check its configuration (${name}): ${output.trim() || messageOf(error)}`,
      )
    );
  }
}
