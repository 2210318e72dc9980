/** The words of an OTTL condition, by the lexer of pkg/ottl v0.161.0, grammar.go; only those of the subset. */
import { CannotPredict } from './settings.ts';

export interface Token {
  readonly kind: 'text' | 'double' | 'int' | 'operator' | 'word' | 'sign' | 'end';
  readonly text: string;
}

const RULES: readonly (readonly [kind: Token['kind'], pattern: RegExp])[] = [
  ['double', /(\d+\.\d*|\d*\.\d+)([eE][-+]?\d+)?/y],
  ['int', /\d+/y],
  ['text', /"(\\.|[^\\"])*"/y],
  ['operator', /==|!=|>=|<=|>|</y],
  ['word', /[A-Za-z][A-Za-z0-9_]*/y],
  ['sign', /[-+()[\].,]/y],
];

/** @throws CannotPredict at a character that no word of the subset begins with */
export function tokensOf(condition: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(condition.slice(at))?.[0].length ?? 0;
    if (at >= condition.length) return [...tokens, { kind: 'end', text: '' }];
    const token = tokenAt(condition, at);
    // A word that follows a number at once is a byte string (0x…) or a mistake.
    const previous = tokens.at(-1);
    if (token.kind === 'word' && previous?.kind === 'int' && /\d/.test(condition[at - 1] ?? ''))
      throw new CannotPredict(`\`${previous.text}${token.text}\` is outside of the subset`);
    tokens.push(token);
    at += token.text.length;
  }
}

function tokenAt(condition: string, at: number): Token {
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(condition);
    if (match !== null) return { kind, text: match[0] };
  }
  throw new CannotPredict(`\`${condition.slice(at, at + 20)}\` is outside of the subset`);
}

/** The text of a literal without its quotes. Only the escapes that JSON and Go read alike. */
export function unquote(literal: string): string {
  if (/^"([^\\"\n\r]|\\["\\bfnrt]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4})*"$/.test(literal)) {
    // A control character may stand in a Go literal as it is, in JSON it may not.
    const json = literal.replaceAll(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
      /[\u0000-\u001f]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const text: unknown = JSON.parse(json);
    if (typeof text === 'string') return text;
  }
  throw new CannotPredict(`the text ${literal} has an escape that is outside of the subset`);
}
