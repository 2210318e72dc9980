import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addRunOptions, adjusted, environments, type RunOptions } from '../commands/lib/run-options.ts';
import { UserError } from '../harness/errors.ts';
import stripeSlow from '../scenarios/stripe-slow.ts';

function parsed(...args: readonly string[]): RunOptions {
  const command = addRunOptions(new Command('run').exitOverride());
  return command.parse(args, { from: 'user' }).opts<RunOptions>();
}

describe('--fault and --no-fault', () => {
  it.each([
    ['before', ['--no-fault', '--fault', '6']],
    ['after', ['--fault', '6', '--no-fault']],
  ])('are two things: the phase has its length and no fault is injected, --no-fault %s', (_where, args) => {
    const options = parsed(...args);
    expect(options.noFault).toBe(true);
    expect(adjusted(stripeSlow, options).phases.faultS).toBe(6);
  });

  it.each([
    ['neither', [], undefined, stripeSlow.phases.faultS],
    ['the length alone', ['--fault', '6'], undefined, 6],
    ['no fault alone', ['--no-fault'], true, stripeSlow.phases.faultS],
  ])('%s', (_what, args, noFault, faultS) => {
    const options = parsed(...args);
    expect(options.noFault).toBe(noFault);
    expect(adjusted(stripeSlow, options).phases.faultS).toBe(faultS);
  });
});

it('what is not given is the scenario as it is, once more', () => {
  const options = parsed();
  expect(adjusted(stripeSlow, options)).toEqual(stripeSlow);
  expect(options).toMatchObject({ seed: 1, env: [], with: [], without: [] });
});

it('--blocks is how often baseline and fault are repeated, a whole number from 1 to 100', () => {
  expect(adjusted(stripeSlow, parsed('--blocks', '3')).phases).toEqual({ ...stripeSlow.phases, blocks: 3 });
  const own = { ...stripeSlow, phases: { ...stripeSlow.phases, blocks: 2 } };
  expect(adjusted(own, parsed()).phases.blocks).toBe(2);
  for (const wrong of ['0', '101', '1.5', 'x']) expect(() => parsed('--blocks', wrong)).toThrow();
});

describe('--env', () => {
  it('collects by service, the last value of a name wins, and a value may hold anything', () => {
    const { env } = parsed(
      ...['--env', 'payment-service:A=1', '--env', 'payment-service:A=x=y:z'],
      ...['--env', 'payment-service:B=', '--env', 'auth-service:C=two\nlines'],
    );
    expect(environments(stripeSlow, env)).toEqual({
      'payment-service': { A: 'x=y:z', B: '' },
      'auth-service': { C: 'two\nlines' },
    });
  });

  it.each([
    ['foo', /the service is missing, one of .*payment-service.*; the value is missing\. Allowed/],
    ['A=1', /the service is missing/],
    [':A=1', /the service is missing/],
    ['payment-service', /the service is missing/],
    [
      'payment-service:A',
      /^--env 'payment-service:A': the value is missing\. Allowed is SERVICE:NAME=VALUE\.$/,
    ],
    ['payment-service:=1', /: the name of the variable is missing\. /],
    ['payment-service:9A=1', /: '9A' is no name of a variable\. /],
    ['payments:A=1', /'payments' is no service; there are .*payment-service/],
    ['', /the service is missing.*the name of the variable is missing; the value is missing/],
  ])('%s says which part is wrong', (text, message) => {
    expect(() => environments(stripeSlow, [text])).toThrow(UserError);
    expect(() => environments(stripeSlow, [text])).toThrow(message);
  });

  it('names all that are wrong', () => {
    expect(() => environments(stripeSlow, ['foo', 'payment-service:A=1', 'x:B=2'])).toThrow(
      /'foo'.*\n.*'x:B=2'/,
    );
  });
});
