/**
 * Variables in a Collector configuration, expanded as the Collector does it: confmap v1.67.0, expand.go and resolver.go,
 * with the `env` provider. Only what the environment holds is known here: a file or another provider is not read.
 */
import { parse } from 'yaml';

/** Variable name -> value; null or undefined = not set. */
export type Environment = Readonly<Record<string, string | null | undefined>>;

/** A text that was one variable: where a text is wanted it is `original`, else what that means in YAML. */
export class Expanded {
  readonly value: unknown;
  readonly original: string;
  constructor(value: unknown, original: string) {
    this.value = value;
    this.original = original;
  }
}

/** A text with something in it that is not known here. */
export class Unresolved {
  readonly text: string;
  readonly why: string;
  constructor(text: string, why: string) {
    this.text = text;
    this.why = why;
  }
}

export interface Expansion {
  /** Undefined = nobody recorded it: defaults are taken, and a variable without one is unresolved. */
  readonly environment: Environment | undefined;
  /** Called for each default that was taken because the environment is not known. */
  onGuess?(variable: string): void;
}

const MOST_EXPANSIONS = 1000;

/** Expands all texts of a parsed YAML document; keys stay as they are. */
export function expand(node: unknown, by: Expansion): unknown {
  return undouble(expandNode(node, by));
}

function expandNode(node: unknown, by: Expansion): unknown {
  if (typeof node === 'string') return expandText(node, by);
  if (Array.isArray(node)) return node.map((item) => expandNode(item, by));
  if (typeof node !== 'object' || node === null || node instanceof Unresolved) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, expandNode(value, by)]));
}

function expandText(input: string, by: Expansion): unknown {
  let text = input;
  for (let count = 0; count < MOST_EXPANSIONS; count++) {
    const uri = findUri(text);
    if (uri === undefined) return text;
    const retrieved = retrieve(uri.slice(2, -1), by);
    if (retrieved instanceof Unresolved) return new Unresolved(input, retrieved.why);
    if (uri === text) return expandRetrieved(retrieved, by);
    text = text.replaceAll(uri, () => retrieved.original);
  }
  return new Unresolved(input, 'it contains itself');
}

function expandRetrieved({ value, original }: Expanded, by: Expansion): unknown {
  const expanded = expandNode(value, by);
  if (typeof expanded === 'string' || expanded instanceof Expanded || expanded instanceof Unresolved)
    return expanded;
  const text = expandText(original, by);
  return typeof text === 'string' ? new Expanded(expanded, text) : expanded;
}

/** The first `${…}` that is to be expanded, innermost first; `$${…}` is not. */
function findUri(text: string): string | undefined {
  let from = 0;
  for (let close = text.indexOf('}'); close >= 0; close = text.indexOf('}', from)) {
    const open = text.lastIndexOf('${', close);
    if (open >= from && !isEscaped(text, open, from)) return text.slice(open, close + 1);
    from = close + 1;
  }
  return undefined;
}

/** Whether an odd number of `$` stands immediately before. */
function isEscaped(text: string, open: number, from: number): boolean {
  let dollars = 0;
  while (open - dollars - 1 >= from && text[open - dollars - 1] === '$') dollars += 1;
  return dollars % 2 === 1;
}

function retrieve(uri: string, { environment, onGuess }: Expansion): Expanded | Unresolved {
  const [scheme, opaque] = uri.includes(':') ? splitAt(uri, ':') : ['env', uri];
  const unresolved = (why: string) => new Unresolved(uri, why);
  if (opaque.includes('$')) return unresolved('the Collector refuses a `$` in it');
  if (scheme === 'yaml') return parsed(opaque);
  if (scheme !== 'env') return unresolved(`what the provider ${scheme} gives is not recorded`);
  const [name, fallback] = opaque.includes(':-') ? splitAt(opaque, ':-') : [opaque, undefined];
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return unresolved('the Collector refuses the name');
  if (environment === undefined) {
    if (fallback === undefined) return unresolved("the Collector's environment was not recorded");
    onGuess?.(name);
  }
  const value = environment !== undefined && Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (typeof value === 'string') return parsed(value);
  return fallback === '' ? new Expanded('', '') : parsed(fallback ?? '');
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function parsed(text: string): Expanded {
  try {
    const value: unknown = parse(text, { logLevel: 'error' });
    // A text stays as it is written, quotes included.
    return new Expanded(typeof value === 'string' ? text : value, text);
  } catch {
    return new Expanded(text, text);
  }
}

function undouble(node: unknown): unknown {
  if (typeof node === 'string') return node.replaceAll('$$', () => '$');
  if (node instanceof Expanded)
    return new Expanded(
      undouble(node.value),
      node.original.replaceAll('$$', () => '$'),
    );
  if (node instanceof Unresolved) return node;
  if (Array.isArray(node)) return node.map(undouble);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, undouble(value)]));
}
