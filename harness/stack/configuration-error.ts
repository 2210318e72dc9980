/** What Collector and Jaeger, which are one kind of program, say of a configuration that they refuse. */
import type { StackOptions } from '../contracts.ts';
import { UserError } from '../errors.ts';
import { PartError } from './part-error.ts';

export type Configured = 'the Collector' | 'Jaeger';

/** What messages call the two configurations. */
export function configurationNames({
  configurationNames: names,
  collectorConfig,
  jaegerConfig,
}: Pick<StackOptions, 'configurationNames' | 'collectorConfig' | 'jaegerConfig'>): {
  readonly collector: string;
  readonly jaeger: string;
} {
  return names ?? { collector: collectorConfig, jaeger: jaegerConfig };
}

/**
 * The PartError of a start that ended in words on the configuration, as a UserError, since the configuration is what
 * the user chooses. Any other error as it is: a part that was killed or does not answer has no such words.
 */
export function configurationError(program: Configured, name: string, error: unknown): unknown {
  if (!(error instanceof PartError)) return error;
  return configurationRefusal(program, name, error.logTail) ?? error;
}

/** The refusal in a program's output; undefined when there is none. */
export function configurationRefusal(
  program: Configured,
  name: string,
  output: string,
): UserError | undefined {
  const words = wordsOf(output);
  if (words.length === 0) return undefined;
  return new UserError(
    `${program} does not run with its configuration (${name}):\n${words.map((line) => `  ${line}`).join('\n')}`,
  );
}

/**
 * The program says `Error: …`, the causes below it, and then all of it once more as a line of its log, which begins with the
 * time. A cut log may lack the first of these.
 */
function wordsOf(output: string): readonly string[] {
  const lines = output.split('\n').map((line) => line.trim());
  const first = lines.findLastIndex((line) => line.startsWith('Error: '));
  if (first < 0) return [];
  const rest = lines.slice(first);
  const end = rest.findIndex((line) => /^\d{4}[/-]\d\d[/-]\d\d/.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).filter((line) => line !== '');
}
