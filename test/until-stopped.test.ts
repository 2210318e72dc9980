import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilStopped } from '../commands/lib/until-stopped.ts';
import { EXIT, Interrupted, NotRestored, UserError } from '../harness/errors.ts';

let said = '';
beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const rejecting = (error: unknown) => untilStopped(() => Promise.reject(error));
const LEFT = ['the toxic latency is still in force', 'port 21000 is still taken'];

test('what ends by itself has its own exit code', async () => {
  expect(await untilStopped(async () => 3)).toBe(3);
  expect(said).toBe('');
});

test('what was stopped and cleaned up says so', async () => {
  expect(await rejecting(new Interrupted('SIGINT'))).toBe(EXIT.interrupted);
  expect(said).toBe('stopped by SIGINT; everything is cleaned up\n');
});

test.each([
  ['it was stopped', new Interrupted('SIGINT'), 'stopped by SIGINT', false],
  ['the user is at fault', new UserError('port 21000 is taken'), 'port 21000 is taken', false],
  ['chaoscope is at fault', new TypeError('x is not a function'), 'x is not a function', true],
])('what is left is named, with exit code 4, when %s', async (_what, cause, message, hasStack) => {
  expect(await rejecting(new NotRestored(LEFT, cause))).toBe(EXIT.notRestored);
  expect(said).toContain(
    `chaoscope: ${message}\nNOT everything could be restored:\n  ${LEFT.join('\n  ')}\n`,
  );
  expect(said).not.toContain('everything is cleaned up');
  expect(said.includes('    at ')).toBe(hasStack);
});

test('any other error is not its business', async () => {
  await expect(rejecting(new UserError('no such thing'))).rejects.toThrow('no such thing');
});

test('the signals are given back', async () => {
  const before = process.listenerCount('SIGINT');
  await rejecting(new Interrupted('SIGTERM'));
  await untilStopped(async () => 0);
  expect(process.listenerCount('SIGINT')).toBe(before);
});
