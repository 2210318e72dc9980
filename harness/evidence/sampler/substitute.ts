/** Environment variables in a configuration of Collector or Jaeger, where only plain values are wanted. */
import { type Environment, Expanded, expand, Unresolved } from './expand.ts';

/**
 * Replaces `${env:NAME}`, `${env:NAME:-default}` and `${NAME}` in all texts of a parsed YAML document, and `$$` by `$`.
 * As in the Collector, a text that is nothing but one variable becomes what its value means in YAML (a number, a
 * list …); an unset variable without a default is empty. What cannot be replaced stays.
 */
export function substitute(node: unknown, environment: Environment): unknown {
  return plain(expand(node, { environment }));
}

function plain(node: unknown): unknown {
  if (node instanceof Expanded) return plain(node.value);
  if (node instanceof Unresolved) return node.text;
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plain(value)]));
}
