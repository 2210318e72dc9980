import { durationMs } from './duration.ts';
import type { Place, Problem } from './place.ts';

/**
 * A mapping of the configuration while it is read: typed access to its fields, each with its line. What has the wrong
 * type is a problem of the file, told once with its line; the field then counts as absent.
 */
export class Section {
  /** How messages call it: `processors.tail_sampling`. */
  readonly name: string;
  readonly line: number;
  readonly #fields: ReadonlyMap<string, Place>;
  readonly #problems: Problem[];

  constructor(place: Place | undefined, name: string, line: number, problems: Problem[]) {
    this.name = name;
    this.line = place?.line ?? line;
    this.#problems = problems;
    this.#fields = place?.fields ?? new Map();
    if (place && place.kind !== 'map' && !isNothing(place))
      this.#refuse(place, name || 'the file', 'a mapping');
  }

  has(key: string): boolean {
    const place = this.#fields.get(key);
    return place !== undefined && !isNothing(place);
  }

  /** Of the field; of the section itself when it has no such field. */
  lineOf(key: string): number {
    return this.#fields.get(key)?.line ?? this.line;
  }

  child(key: string): Section {
    return new Section(this.#fields.get(key), this.#path(key), this.line, this.#problems);
  }

  /** All fields, each as a section. */
  children(): readonly (readonly [string, Section])[] {
    return [...this.#fields.keys()].map((key) => [key, this.child(key)]);
  }

  /** The items of a list, each as a section. */
  sections(key: string): readonly Section[] {
    return this.#items(key).map(
      (item, index) => new Section(item, `${this.#path(key)}[${index}]`, item.line, this.#problems),
    );
  }

  /** The texts of a list, each with its line. */
  texts(key: string): readonly { readonly text: string; readonly line: number }[] {
    return this.#items(key).flatMap((item) => {
      if (item.kind === 'scalar' && item.scalar !== null)
        return [{ text: String(item.scalar), line: item.line }];
      this.#refuse(item, this.#path(key), 'a list of texts');
      return [];
    });
  }

  text(key: string): string | undefined {
    return this.#scalar(key, 'a text', (value) => String(value));
  }

  boolean(key: string): boolean | undefined {
    return this.#scalar(key, 'true or false', (value) =>
      typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined,
    );
  }

  number(key: string): number | undefined {
    // The Collector's YAML allows 100_000 and numbers in quotes.
    return this.#scalar(key, 'a number', (value) => {
      const text = String(value);
      if (typeof value === 'boolean' || !/^[+-]?(\d[\d_]*)?\.?\d[\d_]*(e[+-]?\d+)?$/i.test(text))
        return undefined;
      return Number(text.replaceAll('_', ''));
    });
  }

  durationMs(key: string): number | undefined {
    return this.#scalar(key, 'a duration such as 10s', durationMs);
  }

  #scalar<Value>(
    key: string,
    allowed: string,
    convert: (value: string | number | boolean) => Value | undefined,
  ): Value | undefined {
    const place = this.#fields.get(key);
    if (!place || isNothing(place)) return undefined;
    const value = place.scalar === null ? undefined : convert(place.scalar);
    if (value === undefined) this.#refuse(place, this.#path(key), allowed);
    return value;
  }

  #items(key: string): readonly Place[] {
    const place = this.#fields.get(key);
    if (!place || isNothing(place)) return [];
    if (place.kind !== 'list') this.#refuse(place, this.#path(key), 'a list');
    return place.items;
  }

  #refuse(place: Place, name: string, allowed: string): void {
    const found = place.kind === 'scalar' ? `'${String(place.scalar)}'` : `a ${place.kind}`;
    const text = `${name} is ${found}; allowed: ${allowed}`;
    if (!this.#problems.some((known) => known.line === place.line && known.text === text))
      this.#problems.push({ line: place.line, text });
  }

  #path(key: string): string {
    return this.name === '' ? key : `${this.name}.${key}`;
  }
}

function isNothing(place: Place): boolean {
  return place.kind === 'scalar' && place.scalar === null;
}
