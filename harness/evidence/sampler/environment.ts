/**
 * The environment that a run's Collector got, as far as its configuration asks for it: recorded in the run's folder,
 * so that the run is judged by what was in force and not by the environment of whoever judges.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf, UserError } from '../../errors.ts';
import type { Environment } from './expand.ts';

/** Name of the file beside the configuration. */
export const ENVIRONMENT_FILE = 'collector.env.json';

const RECORD = z.object({ schema: z.literal(1), variables: z.record(z.string(), z.string().nullable()) });

/**
 * The text of the file. It holds only variables that processors, connectors or pipelines use, for those are what a
 * prediction needs; what exporters use, a key perhaps, is not written. An unset variable is null.
 */
export function environmentRecord(configuration: string, environment: Environment): string {
  const variables: Record<string, string | null> = {};
  for (const name of namesIn(configuration, environment)) variables[name] = environment[name] ?? null;
  return `${JSON.stringify({ schema: 1, variables }, null, 2)}\n`;
}

/**
 * What `environmentRecord` wrote; undefined when there is no such file, as in runs of before it was recorded.
 * @throws UserError for a file that is something else
 */
export function readEnvironment(path: string): Environment | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return RECORD.parse(JSON.parse(readFileSync(path, 'utf8'))).variables;
  } catch (error) {
    throw new UserError(
      `${path} is no record of the Collector's environment: ${messageOf(error)}\n` +
        'Remove it to judge with the defaults of the configuration.',
    );
  }
}

/** Names that the texts ask for, also by way of the values of others. */
function namesIn(configuration: string, environment: Environment): Set<string> {
  const names = new Set<string>();
  const waiting = relevantTexts(configuration);
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const [, name] of text.matchAll(/\$\{(?:env:)?([a-zA-Z_][a-zA-Z0-9_]*)(?=:-|\})/g)) {
      if (name === undefined || names.has(name)) continue;
      names.add(name);
      waiting.push(environment[name] ?? '');
    }
  }
  return names;
}

function relevantTexts(configuration: string): string[] {
  let document: unknown;
  try {
    document = parse(configuration, { logLevel: 'error' });
  } catch {
    // The Collector will say so.
    return [];
  }
  if (typeof document !== 'object' || document === null) return [];
  const { processors, connectors, service } = document as Record<string, unknown>;
  const pipelines =
    typeof service === 'object' && service !== null && 'pipelines' in service ? service.pipelines : {};
  return textsOf([processors, connectors, pipelines]);
}

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (typeof node !== 'object' || node === null) return [];
  return Object.values(node).flatMap(textsOf);
}
