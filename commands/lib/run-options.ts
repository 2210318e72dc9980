import { InvalidArgumentError } from 'commander';
import type { Scenario } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';

/** The options of `chaoscope run` as commander hands them over. */
export interface RunOptions {
  readonly rate?: number;
  readonly warmup?: number;
  readonly baseline?: number;
  readonly fault?: number | false;
  readonly recovery?: number;
  readonly seed: number;
  readonly out?: string;
  readonly collectorConfig?: string;
  readonly jaegerConfig?: string;
  readonly portBase?: number;
  readonly env: readonly string[];
  readonly build?: string;
  readonly with: readonly string[];
  readonly without: readonly string[];
}

/** The values of `run`'s options in the order of the argument vector; `--fault S` and `--no-fault` go together. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
    return value;
  };
}

export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** The scenario with the rate and the phases that the user asks for. */
export function adjusted(scenario: Scenario, options: RunOptions): Scenario {
  const { load, phases } = scenario;
  const faultS = typeof options.fault === 'number' ? options.fault : phases.faultS;
  return {
    ...scenario,
    load: { ...load, rate: options.rate ?? load.rate },
    phases: {
      warmupS: options.warmup ?? phases.warmupS,
      baselineS: options.baseline ?? phases.baselineS,
      faultS,
      recoveryS: options.recovery ?? phases.recoveryS,
    },
  };
}

/** `SERVICE:NAME=VALUE` options as environment by service; a UserError names all that are wrong. */
export function environments(
  scenario: Scenario,
  texts: readonly string[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const services = Object.keys(scenario.system.services);
  const byService: Record<string, Record<string, string>> = {};
  const problems: string[] = [];
  for (const text of texts) {
    const [, service = '', name = '', value = ''] =
      /^([^:=]+):([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
    if (!services.includes(service))
      problems.push(
        `--env '${text}': allowed is SERVICE:NAME=VALUE, where SERVICE is one of ${services.join(', ')}`,
      );
    else byService[service] = { ...byService[service], [name]: value };
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return byService;
}
