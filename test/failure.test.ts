import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { afterFailure } from '../commands/lib/after-failure.ts';
import { failure } from '../commands/lib/failure.ts';
import { EXIT, Interrupted, NotRestored, UserError } from '../harness/errors.ts';
import { PartError } from '../harness/stack/part-error.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaoscope-fixture-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function partError(): Promise<PartError> {
  const logFile = join(folder, 'payment.log');
  await writeFile(logFile, 'STRIPE_TIMEOUT_MS is no number\n');
  return new PartError({ name: 'payment-service', kind: 'service', logFile }, 'ended (exit code 1)');
}

describe('an error that ends a command', () => {
  it('of the user has exit code 2 and no stack trace', () => {
    expect(failure(new UserError('no such thing'))).toEqual({
      text: 'chaoscope: no such thing\n',
      exitCode: EXIT.usage,
    });
  });

  it('of a part has exit code 2 and its log', async () => {
    const { text, exitCode } = failure(await partError());
    expect(exitCode).toBe(EXIT.usage);
    expect(text).toContain('STRIPE_TIMEOUT_MS is no number');
  });

  it.each([
    ['an error', new TypeError('x is not a function'), /internal error: x is not a function\n.*\n {4}at /],
    ['anything else', 'thrown text', /internal error: thrown text/],
  ])(
    'of chaoscope itself has an exit code of its own, which says nothing of the system: %s',
    (_, error, text) => {
      const failed = failure(error);
      expect(failed.exitCode).toBe(70);
      expect(failed.text).toMatch(text);
    },
  );
});

describe('a run that leaves no record', () => {
  const remove = vi.fn(async () => undefined);
  let said = '';
  beforeEach(() => {
    said = '';
    remove.mockClear();
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
  });
  const outcomeOf = (error: unknown, hasLoad = false) =>
    afterFailure(error, { folder: { remove }, path: 'runs/x', hasLoad });

  it('for it was refused leaves nothing, and says that all is stopped', async () => {
    const error = await outcomeOf(new UserError('the Collector refuses it'));
    expect(remove).toHaveBeenCalledOnce();
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message:
        'the Collector refuses it\nEverything that had been started is stopped again, and the run folder is removed.',
    });
  });

  it.each([
    ['a part did not come up', partError, false],
    ['something was refused under load', async () => new UserError('too late'), true],
  ])('for %s keeps its logs, and names them', async (_what, make, hasLoad) => {
    const cause = await make();
    const error = await outcomeOf(cause, hasLoad);
    expect(remove).not.toHaveBeenCalled();
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: `${cause.message}\nEverything that had been started is stopped again. Logs of the run: runs/x`,
    });
  });

  it.each([
    ['interrupted', new Interrupted('SIGINT'), 'logs of the interrupted run: runs/x\n'],
    ['not restored', new NotRestored(['a toxic'], new UserError('y')), 'logs of the run: runs/x\n'],
    ['defective', new TypeError('z'), 'logs of the run: runs/x\n'],
  ])('that is %s is the same error, and its folder is named', async (_what, error, text) => {
    expect(await outcomeOf(error)).toBe(error);
    expect(remove).not.toHaveBeenCalled();
    expect(said).toBe(text);
  });
});
