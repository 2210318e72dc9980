import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';

const CONFIGURATION = join(import.meta.dirname, '..', '..', 'config');

/** The shipped configuration files. */
export type Shipped = 'collector.yaml' | 'jaeger.yaml';

/** The text of a configuration, changed. */
export function edited(text: string, edit: (document: Document) => void): string {
  const document = parseDocument(text);
  edit(document);
  return document.toString();
}

/** The arguments of a run with a changed copy of the shipped Collector configuration, which is written into `folder`. */
export function collector(edit: (document: Document) => void) {
  return (folder: string): Promise<string[]> =>
    argumentsOf('--collector-config', 'collector.yaml', folder, edit);
}

/** The same for Jaeger's. */
export function jaeger(edit: (document: Document) => void) {
  return (folder: string): Promise<string[]> => argumentsOf('--jaeger-config', 'jaeger.yaml', folder, edit);
}

async function argumentsOf(
  option: string,
  file: Shipped,
  folder: string,
  edit: (document: Document) => void,
): Promise<string[]> {
  const path = join(folder, file);
  await writeFile(path, edited(await readFile(join(CONFIGURATION, file), 'utf8'), edit));
  return [option, path];
}

export const SAMPLER = ['processors', 'tail_sampling'];
export const MAX_TRACES = ['extensions', 'jaeger_storage', 'backends', 'archive', 'memory', 'max_traces'];

/** The place of a policy of the tail sampler by its name; throws when the file has none of that name. */
export function policy(document: Document, name: string): (string | number)[] {
  const policies: unknown = document.toJS().processors.tail_sampling.policies;
  const index = Array.isArray(policies) ? policies.findIndex((each) => each.name === name) : -1;
  if (index < 0) throw new Error(`config/collector.yaml has no policy '${name}' any more`);
  return [...SAMPLER, 'policies', index];
}

/** The place of what the rule that drops health checks looks at. */
export function dropRule(document: Document): (string | number)[] {
  return [...policy(document, 'no-health-checks'), 'drop', 'drop_sub_policy', 0, 'string_attribute'];
}

/** The rule that drops health checks drops this path as well. */
export function dropsAlso(path: string) {
  return (document: Document): void =>
    document.setIn([...dropRule(document), 'values'], ['/health', '/ready', path]);
}
