/**
 * Whether a regular expression means the same to Go's regexp, which the Collector uses, and to RE2, which DuckDB uses.
 * They are one family; what they do not share, or what is not known to be shared, is refused here.
 */
import { CannotPredict } from './settings.ts';

const ESCAPE =
  /^\\(?:[dDsSwWbBAz]|[afnrtv]|[-!-/:-@[-`{-~]|x[0-9a-fA-F]{2}|x\{(?:[0-9a-fA-F]{1,3}|[0-9a-ce-fA-CE-F][0-9a-fA-F]{3})\}|[pP](?:[LMNPSZC]|\{(?:L[ulmto]?|N[dlo]?|P|S|Z|M|Greek|Latin|Cyrillic)\}))/;
const GROUP = /^\((?:\?(?:P<[A-Za-z_]\w*>|[imsU]*(?:-[imsU]+)?:))?/;
const FLAGS = /^\(\?[imsU]+(?:-[imsU]+)?\)/;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/;
const CLASS_ITEM =
  /^(?:\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]|[^\\\]])/;
/** Both refuse what would be copied more often. */
const MOST_COPIES = 1000;

/** @throws CannotPredict when the pattern is not known to mean the same to both */
export function checkRegex(pattern: string): void {
  let rest = pattern;
  let depth = 0;
  let copies = 1;
  let repeatable = false;
  const names = new Set<string>();
  const take = (match: RegExpExecArray): void => {
    rest = rest.slice(match[0].length);
  };
  while (rest !== '') {
    const quantifier = QUANTIFIER.exec(rest);
    const flags = FLAGS.exec(rest);
    const group = GROUP.exec(rest);
    const escaped = ESCAPE.exec(rest);
    if (quantifier !== null) {
      const [, min, max = min] = quantifier;
      const times = Number(max || min || 1);
      copies *= Math.max(1, times);
      const ordered = max === undefined || max === '' || Number(max) >= Number(min);
      if (!repeatable || copies > MOST_COPIES || !ordered) throw refused(pattern);
      take(quantifier);
      repeatable = false;
    } else if (flags !== null) {
      take(flags);
      repeatable = false;
    } else if (group !== null) {
      // `(?` of any other kind: look-around, other names.
      if (group[0] === '(' && rest.startsWith('(?')) throw refused(pattern);
      if (group[0].startsWith('(?P')) {
        if (names.has(group[0])) throw refused(pattern);
        names.add(group[0]);
      }
      take(group);
      depth += 1;
      repeatable = false;
    } else if (rest.startsWith(')')) {
      depth -= 1;
      if (depth < 0) throw refused(pattern);
      rest = rest.slice(1);
      repeatable = true;
    } else if (rest.startsWith('[')) {
      rest = afterClass(rest, pattern);
      repeatable = true;
    } else if (rest.startsWith('|') || rest.startsWith('^') || rest.startsWith('$')) {
      rest = rest.slice(1);
      repeatable = false;
    } else if (rest.startsWith('\\')) {
      if (escaped === null) throw refused(pattern);
      take(escaped);
      repeatable = !/^\\[bBAz]/.test(escaped[0]);
    } else if (rest.startsWith('{') || rest.startsWith('}')) {
      // A brace that is no quantifier is a literal to both, but easily meant otherwise.
      throw refused(pattern);
    } else {
      // A character, of one or two code units.
      rest = rest.slice((rest.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
      repeatable = true;
    }
  }
  if (depth !== 0) throw refused(pattern);
}

/** The pattern after a class. Its first item may be a `]`; ranges are checked by their order. */
function afterClass(from: string, pattern: string): string {
  let rest = from.slice(from.startsWith('[^') ? 2 : 1);
  let first = true;
  while (first || !rest.startsWith(']')) {
    const escaped = ESCAPE.exec(rest);
    const item = first && rest.startsWith(']') ? /^\]/.exec(rest) : CLASS_ITEM.exec(rest);
    const unknownName = rest.startsWith('[:') && item?.[0] === '[';
    if (rest === '' || unknownName || (escaped === null && item === null)) throw refused(pattern);
    const taken = (escaped ?? item)?.[0] ?? '';
    if (/^\\[bBAz]/.test(taken)) throw refused(pattern);
    const range = /^([0-9A-Za-z ])-([0-9A-Za-z ])/.exec(rest);
    if (range !== null && (range[1] ?? '') <= (range[2] ?? '')) rest = rest.slice(3);
    else if (/^-[^\]]/.test(rest.slice(taken.length)) && taken.length > 0) throw refused(pattern);
    else rest = rest.slice(taken.length);
    first = false;
  }
  return rest.slice(1);
}

function refused(pattern: string): CannotPredict {
  return new CannotPredict(`the regular expression \`${pattern}\` is not known to mean the same here`);
}
