import { type Command, InvalidArgumentError } from 'commander';
import type { Expectations } from '../../../analysis/sampling-lint/lib/rule.ts';
import type { System } from '../../../harness/contracts.ts';
import { UserError } from '../../../harness/errors.ts';
import { repeatable, wholeNumber } from '../run-options.ts';
import { parsePromises } from './promises.ts';

/** The traffic that is supposed when nothing else is said; that of the reference shop's estimate. */
export const USUAL = {
  ratePerS: 1000,
  errorShare: 0.005,
  slowShare: 0.01,
  bytesPerTrace: 10_000,
  pricePerGb: 0.5,
  longestMs: 5000,
  collectors: 1,
} as const;

/** The options of `chaoscope sampling lint` as commander hands them over. */
export interface LintOptions {
  readonly promise: readonly string[];
  readonly rate: number;
  readonly errors?: number;
  readonly slow?: number;
  readonly bytes: number;
  readonly price: number;
  readonly longest: number;
  readonly collectors: number;
  readonly env: readonly string[];
  readonly json?: true;
}

export function addLintOptions(command: Command): Command {
  return command
    .addOption(
      repeatable(
        '--promise <list>',
        'what was promised, e.g. errors=100,slow:2000=100,path:/health=0,any=5; the first that applies decides',
        'the promises of services/system.ts',
      ),
    )
    .option('--rate <n>', 'traces per second', wholeNumber(1, 10_000_000), USUAL.ratePerS)
    .option('--errors <percent>', 'share of traces with an error (default: 0.5%)', share)
    .option('--slow <percent>', 'share of slow traces (default: 1%)', share)
    .option('--bytes <n>', 'bytes a trace', wholeNumber(1, 1_000_000_000), USUAL.bytesPerTrace)
    .option('--price <n>', 'price of a GB of traces in the backend', price, USUAL.pricePerGb)
    .option(
      '--longest <ms>',
      'the longest that a trace takes: the longest time-out',
      wholeNumber(1, 86_400_000),
      USUAL.longestMs,
    )
    .option('--collectors <n>', 'Collectors that share the rate', wholeNumber(1, 10_000), USUAL.collectors)
    .addOption(repeatable('--env <name=value>', 'a variable of the configuration', 'none'))
    .option('--json', 'print the findings for programs');
}

/** What was promised, and for which traffic, by the options; else by the system. */
export function expectationsOf(options: LintOptions, system: System): Expectations {
  const errorShare = options.errors ?? USUAL.errorShare;
  const slowShare = options.slow ?? USUAL.slowShare;
  if (errorShare + slowShare > 1)
    throw new UserError('--errors and --slow are more than 100 % together; they are shares of all traces.');
  const isGiven = options.promise.length > 0;
  return {
    of: isGiven ? '--promise' : system.name,
    promises: isGiven ? parsePromises(options.promise) : system.promises,
    ratePerS: options.rate,
    errorShare,
    slowShare,
    bytesPerTrace: options.bytes,
    pricePerGb: options.price,
    longestMs: options.longest,
    collectors: options.collectors,
  };
}

/** `NAME=VALUE` options; a UserError names all that are wrong. */
export function variablesOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.map((text) => /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text));
  const wrong = texts.filter((_text, index) => pairs[index] === null);
  if (wrong.length > 0)
    throw new UserError(wrong.map((text) => `--env '${text}': allowed is NAME=VALUE`).join('\n'));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', pair[2] ?? '']] : [])));
}

/** A percentage of an option as a share, 0 to 1. */
export function share(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?) ?%$/.exec(text) ?? [];
  if (number === undefined || Number(number) > 100)
    throw new InvalidArgumentError('Allowed: a percentage from 0% to 100%, such as 0.5%.');
  return Number(number) / 100;
}

/** An amount of money of an option. */
export function price(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Allowed: a number such as 0.50.');
  return Number(text);
}
