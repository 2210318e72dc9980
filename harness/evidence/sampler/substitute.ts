/** Environment variables in a Collector configuration. */
import { parse } from 'yaml';

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\$|\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${env:NAME}`, `${env:NAME:-default}` and `${NAME}` in all texts of a parsed YAML document, and `$$` by `$`.
 * As in the Collector, a text that is nothing but one variable becomes what its value means in YAML (a number, a
 * list …); an unset variable without a default is empty.
 */
export function substitute(node: unknown, environment: Environment): unknown {
  if (typeof node === 'string') return substituteText(node, environment);
  if (Array.isArray(node)) return node.map((item) => substitute(item, environment));
  if (typeof node === 'object' && node !== null) {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, substitute(value, environment)]),
    );
  }
  return node;
}

function substituteText(text: string, environment: Environment): unknown {
  const [match] = text.matchAll(VARIABLE);
  if (match === undefined) return text;
  const replaced = text.replaceAll(
    VARIABLE,
    (whole, name: string | undefined, fallback: string | undefined) =>
      name === undefined || whole === '$$' ? '$' : (environment[name] ?? fallback ?? ''),
  );
  return match[0] === text && match[0] !== '$$' ? parse(replaced) : replaced;
}
