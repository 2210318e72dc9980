/**
 * Reads the tail sampler's policies from the processor's configuration. A policy, or a part of one, that is not
 * understood or that the Collector would refuse becomes `unknown` with a warning: nobody predicts what it decides.
 */
import type { CompositePart, Condition, Policy } from './condition.ts';
import { divided, leafCondition } from './leaf.ts';
import { CannotPredict, decimal, list, type Settings, section, text, whole } from './settings.ts';

export type { Condition, Policy } from './condition.ts';

/**
 * Reads the processor's `policies` list. Adds to `warnings` what cannot be predicted, and why.
 * @param shards the processor's num_shards, which share the rates among them
 */
export function readPolicies(policies: unknown, warnings: string[], shards = 1): Policy[] {
  let entries: readonly unknown[];
  try {
    entries = list(policies, 'policies');
  } catch (error) {
    return [readPolicy('policies', () => raise(error), warnings, shards)];
  }
  return entries.map((entry, index) =>
    readPolicy(`#${index + 1}`, () => section(entry, 'a policy'), warnings, shards),
  );
}

function readPolicy(fallback: string, read: () => Settings, warnings: string[], shards: number): Policy {
  const reader = new PolicyReader(fallback, warnings, shards);
  let type = 'undefined';
  const condition = reader.attempt(
    () => type,
    () => {
      const settings = read();
      reader.name = text(settings['name'], 'name') || fallback;
      type = text(settings['type'], 'type');
      return reader.policy(type, settings);
    },
  );
  return { name: reader.name, drop: type === 'drop', condition };
}

function raise(error: unknown): never {
  throw error;
}

class PolicyReader {
  name: string;
  readonly #warnings: string[];
  readonly #shards: number;

  constructor(name: string, warnings: string[], shards: number) {
    this.name = name;
    this.#warnings = warnings;
    this.#shards = shards;
  }

  /** A condition, or `unknown` and a warning. */
  attempt(type: () => string, read: () => Condition): Condition {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CannotPredict)) throw error;
      this.#warnings.push(
        `policy ${this.name}: type ${type()} is not predicted (${error.message}); ` +
          "traces that only it can decide are 'unknown'",
      );
      return { kind: 'unknown', type: type() };
    }
  }

  /** Only on the top level may a policy be of any type; getPolicyEvaluator in processor.go. */
  policy(type: string, settings: Settings): Condition {
    switch (type) {
      case 'drop':
        return this.#all(section(settings['drop'], 'drop')['drop_sub_policy']);
      case 'and':
        return this.#all(section(settings['and'], 'and')['and_sub_policy']);
      case 'not':
        return this.#negated(settings);
      case 'composite':
        return this.#composite(section(settings['composite'], 'composite'));
      default:
        return leafCondition(type, settings, this.#shards);
    }
  }

  /** All of the parts, each a leaf or a `not`; and_helper.go, drop_helper.go. Without parts it always holds. */
  #all(parts: unknown): Condition {
    return {
      kind: 'and',
      of: list(parts, 'the list of sub-policies').map((part) => this.#part(part, 'not')),
    };
  }

  /** The opposite of a leaf; not_helper.go. */
  #negated(settings: Settings): Condition {
    return { kind: 'not', of: this.#part(section(settings['not'], 'not')['not_sub_policy'], undefined) };
  }

  /** A sub-policy: a leaf, or of the one other type that may stand there. */
  #part(entry: unknown, other: 'not' | 'and' | undefined): Condition {
    let type = 'undefined';
    return this.attempt(
      () => type,
      () => {
        const settings = section(entry, 'a sub-policy');
        type = text(settings['type'], 'type');
        return type === other ? this.policy(type, settings) : leafCondition(type, settings, this.#shards);
      },
    );
  }

  /**
   * In the order of the list: nobody reads `policy_order` in v0.161.0. Shares as in getRateAllocationMap,
   * composite_helper.go.
   */
  #composite(of: Settings): Condition {
    const entries = list(of['composite_sub_policy'], 'composite_sub_policy');
    const total = divided(
      whole(of['max_total_spans_per_second'], 'max_total_spans_per_second'),
      this.#shards,
    );
    const percents = new Map(
      list(of['rate_allocation'], 'rate_allocation').map((entry) => {
        const share = section(entry, 'rate_allocation');
        return [text(share['policy'], 'policy'), decimal(share['percent'], 'percent')] as const;
      }),
    );
    const parts = entries.map((entry): CompositePart => {
      const percent = percents.get(text(section(entry, 'a sub-policy')['name'], 'name')) ?? 0;
      const share = percent > 0 ? (percent / 100) * total : total / entries.length;
      return { condition: this.#part(entry, 'and'), spansPerSecond: Math.min(Math.trunc(share), total) };
    });
    return { kind: 'composite', of: parts };
  }
}
