/** Variables in the texts of a Collector configuration: `${env:NAME}`, `${env:NAME:-default}`, `${NAME}`. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that has neither a value nor a default. */
export interface Unset {
  /** As it stands there, without `${}`. */
  readonly name: string;
  readonly line: number;
}

export interface Resolved {
  readonly text: string;
  /** The text was nothing but one variable: as in the Collector, it becomes what its value means in YAML. */
  readonly isWhole: boolean;
  readonly unset: readonly string[];
}

const VARIABLE = /\$\$|\$\{([^}]*)\}/g;
const NAMED = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Replaces variables, and `$$` by `$`. What another provider would deliver (`${file:…}`) is unset. */
export function resolveText(text: string, environment: Environment): Resolved {
  const unset: string[] = [];
  const replaced = text.replaceAll(VARIABLE, (_whole, inner: string | undefined) => {
    if (inner === undefined) return '$';
    const [, name = '', fallback] = NAMED.exec(inner) ?? [];
    const value = environment[name] ?? fallback;
    if (value === undefined) unset.push(inner);
    return value ?? '';
  });
  const [only] = text.match(VARIABLE) ?? [];
  return { text: replaced, isWhole: only === text && only !== '$$', unset };
}
