import { type Command, InvalidArgumentError } from 'commander';
import { durationMs } from '../../../analysis/sampling-lint/lib/duration.ts';
import { path, repeatable, wholeNumber } from '../run-options.ts';
import { price, share, USUAL } from './lint-options.ts';

/** The options of `chaoscope sampling design` as commander hands them over; shares from 0 to 1. */
export interface DesignOptions {
  readonly rate: number;
  readonly errors?: number;
  readonly slow?: number;
  readonly overlap?: number;
  readonly health?: number;
  readonly base?: number;
  readonly promise: readonly string[];
  readonly bytes?: number;
  readonly price: number;
  /** Seconds. */
  readonly decisionWait: number;
  readonly longest: number;
  readonly out?: string;
  readonly json?: true;
}

/** Declares the options of `sampling design`. */
export function addDesignOptions(command: Command): Command {
  const else_ = (otherwise: string) => `(default: of the run, else ${otherwise})`;
  return command
    .option('--rate <n>', 'traces per second', wholeNumber(1, 10_000_000), USUAL.ratePerS)
    .option('--errors <percent>', `share of traces with an error ${else_('0.5%')}`, share)
    .option('--slow <percent>', `share of slow traces ${else_('1%')}`, share)
    .option(
      '--overlap <percent>',
      'share of traces that are both, counted in --errors and --slow (default: of the run, else 0%)',
      share,
    )
    .option('--health <percent>', `share of health checks ${else_('0%')}`, share)
    .option('--base <percent>', 'share to keep of all other traces (default: as promised, 5%)', share)
    .addOption(
      repeatable(
        '--promise <list>',
        'the strategy, e.g. path:/health=0,errors=100,slow:2000=100,any=5; the first that applies decides',
        'the promises of the run, else of services/system.ts',
      ),
    )
    .option(
      '--bytes <size>',
      'bytes a trace, such as 10kB (default: as measured in the run, else 10kB)',
      bytes,
    )
    .option('--price <n>', 'price of a GB of traces in the backend', price, USUAL.pricePerGb)
    .option('--decision-wait <duration>', "from a trace's first span to the decision", waitS, 10)
    .option(
      '--longest <ms>',
      'the longest that a trace takes: the longest time-out',
      wholeNumber(1, 86_400_000),
      USUAL.longestMs,
    )
    .option(
      '--out <file>',
      'write the Collector configuration there, a new file, instead of printing it',
      path,
    )
    .option('--json', 'print all of it for programs');
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  KiB: 1024,
  MiB: 1_048_576,
};

/** `10kB` is 10,000. */
export function bytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  const value = Math.round(Number(number) * (factor ?? 0));
  if (number === '' || factor === undefined || value < 1 || value > 1e9)
    throw new InvalidArgumentError('Allowed: a size from 1B to 1000MB, such as 10kB or 8KiB.');
  return value;
}

/** Whole seconds of a duration such as `10s`, as the sampler counts. */
function waitS(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined || ms < 1000 || ms > 3_600_000 || ms % 1000 !== 0)
    throw new InvalidArgumentError('Allowed: whole seconds from 1s to 1h, such as 10s.');
  return ms / 1000;
}
