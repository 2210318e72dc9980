import { UserError } from '../../harness/errors.ts';

export interface WholeNumber {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** Of what it is a number: `milliseconds`. */
  readonly unit: string;
}

/** Throws when the parameter of the fault is no whole number within its bounds. */
export function checkWhole(fault: string, { name, value, least, most, unit }: WholeNumber): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new UserError(
    `fault ${fault}: ${name} is ${value}; allowed: a whole number of ${unit}, ${least} to ${most}`,
  );
}

/**
 * Throws when parameters are left that the fault does not have.
 * @param known those that it has, for the message: `delayMs (needed)`
 */
export function refuseOthers(
  fault: string,
  others: Readonly<Record<string, number>>,
  known: string = 'none',
): void {
  const names = Object.keys(others);
  if (names.length === 0) return;
  throw new UserError(`fault ${fault} has no parameter ${names.join(', ')}. It has: ${known}.`);
}
