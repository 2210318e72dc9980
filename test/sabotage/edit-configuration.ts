import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { newFolder } from './folders.ts';

const CONFIGURATION = join(import.meta.dirname, '..', '..', 'config');

/** Writes a changed copy of one of the shipped configuration files; returns its path. */
export async function editConfiguration(
  file: 'collector.yaml' | 'jaeger.yaml',
  edit: (document: Document) => void,
): Promise<string> {
  const document = parseDocument(await readFile(join(CONFIGURATION, file), 'utf8'));
  edit(document);
  const path = join(await newFolder(), file);
  await writeFile(path, document.toString());
  return path;
}

const POLICIES = ['processors', 'tail_sampling', 'policies'];

/** The place of a policy of the tail sampler by its name; throws when the shipped file has none of that name. */
export function policy(document: Document, name: string): (string | number)[] {
  const policies: { name: string }[] = document.getIn(POLICIES, true)
    ? document.toJS().processors.tail_sampling.policies
    : [];
  const index = policies.findIndex((each) => each.name === name);
  if (index < 0) throw new Error(`config/collector.yaml has no policy '${name}' any more`);
  return [...POLICIES, index];
}
