/** A YAML document as a tree in which each part knows its line. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Environment, resolveText, type Unset } from './variables.ts';

export interface Place {
  /** From 1; of a value in a mapping, the line of its key. */
  readonly line: number;
  readonly kind: 'map' | 'list' | 'scalar';
  /** Null unless it is a scalar. */
  readonly scalar: string | number | boolean | null;
  /** Empty unless it is a map. */
  readonly fields: ReadonlyMap<string, Place>;
  /** Empty unless it is a list. */
  readonly items: readonly Place[];
}

export interface Problem {
  readonly line: number;
  readonly text: string;
}

export interface ReadYaml {
  readonly root: Place;
  readonly problems: readonly Problem[];
  /** Variables without a value and a default. */
  readonly unset: readonly Unset[];
}

/** Reads YAML, aliases and merge keys resolved, variables replaced. What is no YAML is told as problems. */
export function readYaml(text: string, environment: Environment): ReadYaml {
  const unset: Unset[] = [];
  try {
    return { ...read(text, environment, unset), unset };
  } catch (error) {
    // Too deep for the stack.
    const reason = error instanceof Error ? error.message : String(error);
    return { root: EMPTY, problems: [{ line: 1, text: `not readable as YAML: ${reason}` }], unset };
  }
}

function read(
  text: string,
  environment: Environment,
  unset: Unset[],
  line?: number,
): Omit<ReadYaml, 'unset'> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const problems: Problem[] = document.errors.map((error) => ({
    line: line ?? counter.linePos(error.pos[0]).line,
    text: `not readable as YAML: ${error.message}`,
  }));
  const known = new Map<Node, Place>();
  const open = new Set<Node>();

  const lineOf = (node: unknown, otherwise: number): number =>
    line ?? (isNode(node) && node.range ? counter.linePos(node.range[0]).line : otherwise);

  const placeOf = (node: unknown, at: number): Place => {
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (!target) problems.push({ line: at, text: `the alias *${node.source} refers to nothing` });
      return placeOf(target, at);
    }
    if (isScalar(node)) return scalarPlace(node.value, at);
    if (!isMap(node) && !isSeq(node)) return { ...EMPTY, line: at };
    if (open.has(node)) {
      problems.push({ line: at, text: 'an alias refers to what it is a part of' });
      return { ...EMPTY, line: at };
    }
    const before = known.get(node);
    if (before) return { ...before, line: at };
    open.add(node);
    const place: Place = isSeq(node)
      ? { ...EMPTY, kind: 'list', line: at, items: node.items.map((item) => placeOf(item, lineOf(item, at))) }
      : { ...EMPTY, kind: 'map', line: at, fields: fieldsOf(node.items, at) };
    open.delete(node);
    known.set(node, place);
    return place;
  };

  const fieldsOf = (pairs: readonly { readonly key: unknown; readonly value: unknown }[], at: number) => {
    const own = new Map<string, Place>();
    const merged = new Map<string, Place>();
    for (const { key, value } of pairs) {
      const name = String(isScalar(key) ? key.value : key);
      const place = placeOf(value, lineOf(key, at));
      if (name !== '<<') own.set(name, place);
      else
        for (const source of place.kind === 'list' ? place.items : [place])
          for (const [field, inherited] of source.fields)
            if (!merged.has(field)) merged.set(field, inherited);
    }
    return new Map([...merged, ...own]);
  };

  const scalarPlace = (value: unknown, at: number): Place => {
    if (typeof value === 'number' || typeof value === 'boolean') return { ...EMPTY, scalar: value, line: at };
    if (typeof value !== 'string') return { ...EMPTY, line: at };
    const resolved = resolveText(value, environment);
    for (const name of resolved.unset) unset.push({ name, line: at });
    if (!resolved.isWhole) return { ...EMPTY, scalar: resolved.text, line: at };
    // The value comes from outside: it may be a number, or a list, and names no variables itself.
    const inner = read(resolved.text, {}, [], at);
    problems.push(...inner.problems);
    return { ...inner.root, line: at };
  };

  return { root: placeOf(document.contents, line ?? 1), problems };
}

const EMPTY: Place = { line: 1, kind: 'scalar', scalar: null, fields: new Map(), items: [] };

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}
