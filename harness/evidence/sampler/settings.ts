/**
 * Reads single settings of a component as the Collector does, which is strict: a text is no number. What the Collector
 * would refuse, and what is not known here, is not predicted.
 */
import { Expanded, Unresolved } from './expand.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** Why the decision of a policy cannot be predicted; a phrase. */
export class CannotPredict extends Error {}

/** The value proper: of a variable, what its text means in YAML. */
function properValue(setting: unknown): unknown {
  if (setting instanceof Unresolved) throw new CannotPredict(`${setting.text} is not known (${setting.why})`);
  return setting instanceof Expanded ? properValue(setting.value) : setting;
}

/** A section with settings; an absent one is empty. */
export function section(setting: unknown, what: string): Settings {
  const value = properValue(setting) ?? {};
  if (isSettings(value)) return value;
  throw refused(what, 'a section');
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(setting: unknown, what: string): readonly unknown[] {
  const value = properValue(setting) ?? [];
  if (Array.isArray(value)) return value;
  throw refused(what, 'a list');
}

export function text(setting: unknown, what: string): string {
  // A variable's text as it is, whatever it means in YAML.
  if (setting instanceof Expanded) return setting.original;
  const value = properValue(setting) ?? '';
  if (typeof value === 'string') return value;
  throw refused(what, 'a text');
}

export function texts(setting: unknown, what: string): string[] {
  return list(setting, what).map((item) => text(item, what));
}

export function flag(setting: unknown, what: string): boolean {
  const value = properValue(setting) ?? false;
  if (typeof value === 'boolean') return value;
  throw refused(what, 'true or false');
}

export function decimal(setting: unknown, what: string): number {
  const value = properValue(setting) ?? 0;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw refused(what, 'a number');
}

/** A whole number that a double holds exactly. */
export function whole(setting: unknown, what: string): number {
  const value = decimal(setting, what);
  if (Number.isSafeInteger(value)) return value;
  throw refused(what, 'a whole number of at most 2^53');
}

function refused(what: string, expected: string): CannotPredict {
  return new CannotPredict(`${what} is not ${expected}`);
}
