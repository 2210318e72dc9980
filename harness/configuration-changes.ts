/** Settings that a scenario changes in the configurations of Collector and Jaeger. */
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import type { ConfigurationChanges } from './contracts.ts';
import { messageOf, UserError } from './errors.ts';

/**
 * Sets each setting in a YAML text and leaves the rest of it, comments included, as it is.
 * @param name what messages call the file
 * @throws UserError for a text that is no YAML, and for settings whose section is not there
 */
export function changed(text: string, changes: ConfigurationChanges, name: string): string {
  if (Object.keys(changes).length === 0) return text;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new UserError(`${name}: not readable as YAML: ${error.message}`);
  const strange: string[] = [];
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const section = keys.slice(0, -1);
    if (section.length === 0 || typeof document.getIn(section) === 'object') document.setIn(keys, value);
    else strange.push(path);
  }
  if (strange.length === 0) return String(document);
  throw new UserError(
    `${name}: the scenario sets ${strange.join(', ')}, and there is no such section. Add it, or leave the option out to use the shipped file.`,
  );
}

/**
 * A configuration as the run has it; without changes byte by byte the file.
 * @throws UserError that names the file
 */
export async function readChanged(file: string, changes: ConfigurationChanges = {}): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`);
  }
  return changed(text, changes, file);
}
