/** OTTL conditions of the predicted subset, by the grammar of pkg/ottl v0.161.0, grammar.go. */
import { goNanoseconds } from './go-duration.ts';
import { FIELDS, type OttlExpression, type OttlLiteral, type OttlPath } from './ottl.ts';
import { type Token, tokensOf, unquote } from './ottl-lexer.ts';
import {
  comparison,
  type Duration,
  isField,
  literalOf,
  type Operand,
  operatorOf,
  type Span,
} from './ottl-operands.ts';
import { checkRegex } from './regex.ts';
import { CannotPredict } from './settings.ts';

/**
 * @throws CannotPredict naming what is outside of the subset; whether the Collector accepts it is then not known
 */
export function parseOttl(condition: string): OttlExpression {
  const parser = new OttlParser(tokensOf(condition));
  return parser.whole();
}

class OttlParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): OttlExpression {
    const expression = this.#joined('or', () => this.#joined('and', () => this.#factor()));
    if (this.#next.kind !== 'end') throw this.#outside();
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #joined(word: 'and' | 'or', part: () => OttlExpression): OttlExpression {
    const first = part();
    const parts = [first];
    while (this.#take(word)) parts.push(part());
    return parts.length === 1 ? first : { kind: word, of: parts };
  }

  #factor(): OttlExpression {
    if (this.#take('not')) return { kind: 'not', of: this.#plainFactor() };
    return this.#plainFactor();
  }

  #plainFactor(): OttlExpression {
    const start = this.#at;
    if (this.#next.text === 'IsMatch') return this.#match();
    if (this.#take('IsRootSpan')) {
      this.#expect('(');
      this.#expect(')');
      this.#endOfFactor();
      return { kind: 'rootSpan' };
    }
    // The Collector, too, tries a comparison first: a bracket may open a condition or the difference of two times.
    try {
      return this.#comparison();
    } catch (error) {
      if (!(error instanceof CannotPredict) || this.#tokens[start]?.text !== '(') {
        const value = this.#tokens[start]?.text;
        this.#at = start;
        if (value !== 'true' && value !== 'false') throw error;
        this.#at = start + 1;
        this.#endOfFactor();
        return { kind: 'constant', value: value === 'true' };
      }
      this.#at = start + 1;
      const inner = this.#joined('or', () => this.#joined('and', () => this.#factor()));
      this.#expect(')');
      this.#endOfFactor();
      return inner;
    }
  }

  /** What stands alone must not be compared with anything. */
  #endOfFactor(): void {
    if (!['and', 'or', ')', ''].includes(this.#next.text)) throw this.#outside();
  }

  #match(): OttlExpression {
    this.#at += 1;
    this.#expect('(');
    const target = this.#operand();
    this.#expect(',');
    const pattern = this.#operand();
    this.#expect(')');
    this.#endOfFactor();
    if (target.kind === 'literal' || target.kind === 'duration' || target.kind === 'span')
      throw new CannotPredict('IsMatch on something else than a field or an attribute');
    if (pattern.kind !== 'literal' || pattern.literal.kind !== 'text')
      throw new CannotPredict('IsMatch with a pattern that is no text');
    checkRegex(pattern.literal.value);
    return { kind: 'match', target, pattern: pattern.literal.value };
  }

  #comparison(): OttlExpression {
    const left = this.#operand();
    const operator = operatorOf(this.#next.text);
    if (operator === undefined) throw this.#outside();
    this.#at += 1;
    const right = this.#operand();
    return comparison(left, operator, right);
  }

  #operand(): Operand {
    const token = this.#next;
    const literal = this.#literal(token);
    if (literal !== undefined) return { kind: 'literal', literal };
    if (token.text === '(' || /^end_time/.test(this.#pathAhead())) return this.#duration();
    if (token.text === 'Duration') return this.#span();
    return this.#path();
  }

  #literal(token: Token): OttlLiteral | undefined {
    if (token.text === '-' || token.text === '+') {
      this.#at += 1;
      // Not a name that stands for a number: the Collector's grammar takes no sign before it.
      const number = this.#next.kind === 'word' ? undefined : literalOf(this.#next);
      if (number?.kind !== 'int' && number?.kind !== 'double') throw this.#outside();
      this.#at += 1;
      if (token.text === '+') return number;
      return number.kind === 'int'
        ? { kind: 'int', value: -number.value }
        : { kind: 'double', value: -number.value };
    }
    const value = literalOf(token);
    if (value !== undefined) this.#at += 1;
    return value;
  }

  /** `end_time - start_time` or `end_time_unix_nano - start_time_unix_nano`, also in brackets. */
  #duration(): Duration {
    if (this.#take('(')) {
      const inner = this.#duration();
      this.#expect(')');
      return inner;
    }
    const end = this.#name();
    this.#expect('-');
    const start = this.#name();
    if (end === 'end_time' && start === 'start_time') return { kind: 'duration', unit: 'time' };
    if (end === 'end_time_unix_nano' && start === 'start_time_unix_nano')
      return { kind: 'duration', unit: 'number' };
    throw new CannotPredict(`\`${end} - ${start}\` is outside of the subset`);
  }

  #span(): Span {
    this.#at += 1;
    this.#expect('(');
    const value = this.#operand();
    this.#expect(')');
    const text = value.kind === 'literal' && value.literal.kind === 'text' ? value.literal.value : '';
    const nanoseconds = goNanoseconds(text);
    if (nanoseconds === undefined) throw new CannotPredict('Duration of something else than a duration');
    return { kind: 'span', nanoseconds };
  }

  /** The name of a path ahead, without the context `span`. */
  #pathAhead(): string {
    const start = this.#at;
    const name = this.#next.kind === 'word' ? this.#name() : '';
    this.#at = start;
    return name;
  }

  #name(): string {
    const words = [this.#word()];
    while (this.#take('.')) words.push(this.#word());
    if (words[0] === 'span' && words.length > 1) words.shift();
    return words.join('.');
  }

  #word(): string {
    const { kind, text } = this.#next;
    if (kind !== 'word') throw this.#outside();
    this.#at += 1;
    return text;
  }

  #path(): OttlPath {
    const name = this.#name();
    if (name === 'attributes' || name === 'resource.attributes') {
      this.#expect('[');
      const key = this.#next;
      if (key.kind !== 'text') throw this.#outside();
      this.#at += 1;
      this.#expect(']');
      if (this.#next.text === '[') throw this.#outside();
      return {
        kind: 'attribute',
        of: name === 'attributes' ? 'attributes' : 'resource',
        key: unquote(key.text),
      };
    }
    if (!isField(name) || this.#next.text === '[')
      throw new CannotPredict(`\`${name}\` is outside of the subset`);
    return { kind: FIELDS[name], name };
  }

  #take(text: string): boolean {
    if (this.#next.text !== text || this.#next.kind === 'text') return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#outside();
  }

  #outside(): CannotPredict {
    const { text, kind } = this.#next;
    return new CannotPredict(
      kind === 'end' ? 'a condition ends too early' : `\`${text}\` is outside of the subset`,
    );
  }
}
