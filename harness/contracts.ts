/**
 * The contracts of chaoscope: the types on which scenarios, faults, assertions, reports, the stack, the load
 * drivers and the evidence store agree, a file of contracts/ for each. Types only: nothing here has behaviour, or is left at run time.
 *
 * Units are in the names: `Us` / `_us` are microseconds (instants: since the Unix epoch, which a double holds
 * exactly until the year 2255), `Ms` milliseconds, `S` seconds. Trace ids are 32, span ids 16 lower-case hex digits.
 */
export type * from './contracts/assertion.ts';
export type * from './contracts/control.ts';
export type * from './contracts/evidence.ts';
export type * from './contracts/load.ts';
export type * from './contracts/phase.ts';
export type * from './contracts/result.ts';
export type * from './contracts/run.ts';
export type * from './contracts/scenario.ts';
export type * from './contracts/stack.ts';
export type * from './contracts/system.ts';
export type * from './contracts/tables.ts';
export type * from './contracts/values.ts';
