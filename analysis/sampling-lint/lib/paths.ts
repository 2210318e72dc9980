/** Which paths a match on the path of a request holds for. */
import type { StringMatch } from './conditions.ts';

/** Whether the match, not inverted, holds for the path; undefined when the pattern is one that only Go understands. */
export function matchesPath({ values, isRegex }: StringMatch, path: string): boolean | undefined {
  if (!isRegex) return values.includes(path);
  const results = values.map((value) => testPattern(value, path));
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}

/** All paths for which the match holds; undefined when they cannot be listed. */
export function listedPaths({ values, isRegex }: StringMatch): readonly string[] | undefined {
  if (!isRegex) return values;
  const lists = values.map(listPattern);
  const known = lists.filter((list) => list !== undefined);
  return known.length < lists.length ? undefined : known.flat();
}

/** A path, made of one of those that are meant, for which the match holds too; undefined when none is found. */
export function strayPath(match: StringMatch, meant: readonly string[]): string | undefined {
  const tried = meant.flatMap((path) => [
    `${path}y-products`,
    `${path}/orders`,
    `/api${path}`,
    `/api${path}y-products`,
  ]);
  return ['/', '/api/orders', ...tried].find(
    (path) => !meant.includes(path) && matchesPath(match, path) === true,
  );
}

function testPattern(pattern: string, path: string): boolean | undefined {
  try {
    return new RegExp(pattern).test(path);
  } catch {
    return undefined;
  }
}

/** `^/a$`, `^(/a|/b)$` and `^/(a|b)$` mean a list of texts. */
function listPattern(pattern: string): readonly string[] | undefined {
  const [, body] = /^\^(.*)\$$/.exec(pattern) ?? [];
  const [, before = '', middle = '', after = ''] =
    /^([^()|]*)\((?:\?:)?([^()]*)\)([^()|]*)$/.exec(body ?? '') ?? [];
  if (body === undefined) return undefined;
  const texts = body.includes('(') ? middle.split('|').map((choice) => `${before}${choice}${after}`) : [body];
  const literals = texts.map(literalOf);
  const known = literals.filter((text) => text !== undefined && text !== '');
  return known.length < literals.length ? undefined : known.filter((text) => text !== undefined);
}

/** The text for which a pattern without special characters stands. */
function literalOf(pattern: string): string | undefined {
  const plain = pattern.replaceAll(/\\[/.\-_]/g, '');
  return /^[\w/-]*$/.test(plain) ? pattern.replaceAll('\\', '') : undefined;
}
