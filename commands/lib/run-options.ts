import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Scenario } from '../../harness/contracts.ts';
import { UserError } from '../../harness/errors.ts';

const OWN = "(default: the scenario's own)";

/** The options of `chaoscope run` as commander hands them over. */
export interface RunOptions {
  readonly rate?: number;
  readonly warmup?: number;
  readonly baseline?: number;
  readonly fault?: number;
  /** --no-fault. */
  readonly noFault?: true;
  readonly recovery?: number;
  readonly blocks?: number;
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

/** Declares the options of `run`. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--rate <n>', `requests per second ${OWN}`, wholeNumber(1, 100_000))
    .option('--warmup <s>', `seconds of rising load before the baseline ${OWN}`, wholeNumber(0, 86_400))
    .option('--baseline <s>', `seconds before the fault ${OWN}`, wholeNumber(1, 86_400))
    .option('--fault <s>', `seconds under the fault ${OWN}`, wholeNumber(1, 86_400))
    .option('--recovery <s>', `seconds after the fault ${OWN}`, wholeNumber(1, 86_400))
    .option(
      '--blocks <n>',
      'repeat baseline and fault so often, each as long as said, then the recovery: what drifts in the run is then no difference (default: 1)',
      wholeNumber(1, 100),
    )
    .option('--seed <n>', 'same seed, same requests and trace ids', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--out <dir>', 'the run folder, new or empty (default: runs/<time>-<scenario>)', path)
    .option('--collector-config <file>', 'your own Collector configuration (default: config/collector.yaml)')
    .option('--jaeger-config <file>', 'your own Jaeger configuration (default: config/jaeger.yaml)')
    .addOption(noFaultOption())
    .option(
      '--port-base <n>',
      'first of the consecutive ports to use (default: free ones)',
      wholeNumber(10_081, 65_000),
    )
    .option('--build <name>', 'a build of the system, such as naive (default: its first)')
    .addOption(
      repeatable('--with <mitigation>', 'switch a mitigation on that the build does not have', 'none'),
    )
    .addOption(
      repeatable('--without <mitigation>', 'switch a mitigation off, to see what it is worth', 'none'),
    )
    .addOption(repeatable('--env <service:name=value>', 'set an environment variable of a service', 'none'));
}

/** What a command that makes several runs hands on to each of them. */
export interface HandedOn {
  readonly rate?: number;
  readonly warmup?: number;
  readonly baseline?: number;
  readonly fault?: number;
  readonly recovery?: number;
  readonly seed: number;
}

/** Declares the lengths of the phases for a command that makes several runs. */
export function addPhaseOptions(
  command: Command,
  description: string,
  usual: Omit<HandedOn, 'rate' | 'seed'> = {},
): Command {
  return command
    .option('--warmup <s>', description, wholeNumber(0, 86_400), usual.warmup)
    .option('--baseline <s>', description, wholeNumber(1, 86_400), usual.baseline)
    .option('--fault <s>', description, wholeNumber(1, 86_400), usual.fault)
    .option('--recovery <s>', description, wholeNumber(1, 86_400), usual.recovery);
}

/** The options of `chaoscope run` for what is handed on; what is not said is left to the scenario. */
export function runArguments(options: HandedOn): readonly string[] {
  const names = ['rate', 'warmup', 'baseline', 'fault', 'recovery', 'seed'] as const;
  return names.flatMap((name) => (options[name] === undefined ? [] : [`--${name}`, String(options[name])]));
}

/** An option that may be given several times; its value is a list. */
export function repeatable(flags: string, description: string, whenAbsent: string): Option {
  return new Option(flags, `${description}; repeatable`)
    .argParser((text: string, before: readonly string[]) => [...before, text])
    .default([], whenAbsent);
}

/**
 * A flag of its own beside `--fault <s>`, the length of the phase: commander takes `--no-fault` for the negation of that, keeps
 * both under one name, and of the two that are given the last would win.
 */
function noFaultOption(): Option {
  const option = new Option(
    '--no-fault',
    'the same run, phases as long, without its faults: never passes, shows what the rest looks like',
  );
  option.negate = false;
  return option;
}

/** A parser of paths: none is no path, and not the folder in which one happens to be. */
export function path(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Allowed: a path, or leave the option out.');
  return text;
}

/** A parser of whole numbers within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** The scenario with the rate and the phases that the user asks for. */
export function adjusted(scenario: Scenario, options: RunOptions): Scenario {
  const { load, phases } = scenario;
  return {
    ...scenario,
    load: { ...load, rate: options.rate ?? load.rate },
    phases: {
      ...phases,
      warmupS: options.warmup ?? phases.warmupS,
      baselineS: options.baseline ?? phases.baselineS,
      faultS: options.fault ?? phases.faultS,
      recoveryS: options.recovery ?? phases.recoveryS,
      ...(options.blocks === undefined ? {} : { blocks: options.blocks }),
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
    const [, service, name = '', value] = SETTING.exec(text) ?? [];
    const wrong = [...settingProblems(services, service, name, value)];
    if (service !== undefined && wrong.length === 0)
      byService[service] = { ...byService[service], [name]: value ?? '' };
    else problems.push(`--env '${text}': ${wrong.join('; ')}. Allowed is SERVICE:NAME=VALUE.`);
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return byService;
}

/** Any text fits: what is not there is undefined or empty. */
const SETTING = /^(?:([^:=]*):)?([^=]*)(?:=(.*))?$/s;

function* settingProblems(
  services: readonly string[],
  service: string | undefined,
  name: string,
  value: string | undefined,
): Generator<string> {
  if (!service) yield `the service is missing, one of ${services.join(', ')}`;
  else if (!services.includes(service)) yield `'${service}' is no service; there are ${services.join(', ')}`;
  if (name === '') yield 'the name of the variable is missing';
  else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) yield `'${name}' is no name of a variable`;
  if (value === undefined) yield 'the value is missing';
}
