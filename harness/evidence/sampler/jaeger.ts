/** What a Jaeger configuration says of how many traces it holds. */
import { parse } from 'yaml';
import { messageOf, UserError } from '../../errors.ts';
import { substitute } from './substitute.ts';

/**
 * `max_traces` of the memory storage that the query service reads; undefined when the storage is another one or has no
 * limit.
 * @throws UserError when the text is no YAML
 */
export function readMaxTraces(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): number | undefined {
  let document: unknown;
  try {
    document = substitute(parse(text, { logLevel: 'error' }), environment);
  } catch (error) {
    throw new UserError(`jaeger configuration: not readable as YAML: ${messageOf(error)}`);
  }
  const extensions = at(document, 'extensions');
  const name = at(extensions, 'jaeger_query', 'storage', 'traces');
  const backends = at(extensions, 'jaeger_storage', 'backends');
  const names = typeof name === 'string' ? [name] : Object.keys(backends ?? {});
  const limits = names.map((backend) => Number(at(backends, backend, 'memory', 'max_traces')));
  return limits.find((limit) => limit > 0);
}

function at(node: unknown, ...path: readonly string[]): object | string | number | undefined {
  let value: unknown = node;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  const known = typeof value === 'object' || typeof value === 'string' || typeof value === 'number';
  return known ? (value ?? undefined) : undefined;
}
