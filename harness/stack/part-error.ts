import type { PartKind } from '../contracts.ts';
import { logTail } from './log-tail.ts';

/** A part of the stack that did not come up, or that ended though nobody stopped it. The message holds its log tail. */
export class PartError extends Error {
  override readonly name = 'PartError';
  readonly part: string;
  readonly partKind: PartKind;
  readonly logTail: string;

  constructor(
    part: { readonly name: string; readonly kind: PartKind; readonly logFile: string },
    what: string,
  ) {
    const tail = logTail(part.logFile);
    const log = tail === '' ? `its log ${part.logFile} is empty` : `end of its log ${part.logFile}:\n${tail}`;
    super(`${part.name} ${what}; ${log}`);
    this.part = part.name;
    this.partKind = part.kind;
    this.logTail = tail;
  }
}
