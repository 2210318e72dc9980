import { expect, test } from 'vitest';
import { pollUntil } from '../../harness/stack/poll.ts';

test('resolves as soon as the probe has no reason left', async () => {
  const reasons = ['not yet', 'still not', undefined];
  await pollUntil(async () => reasons.shift(), { withinMs: 10_000, intervalMs: 1 });
  expect(reasons).toEqual([]);
});

test('takes a throw as not yet and tells the last reason after the deadline', async () => {
  const probe = async () => {
    throw new Error('connection refused');
  };
  await expect(pollUntil(probe, { withinMs: 50, intervalMs: 1 })).rejects.toThrow(
    'not within 0.05 s: connection refused',
  );
});

test('ends a probe that hangs, by its signal', async () => {
  const hangs = (signal: AbortSignal) =>
    new Promise<undefined>((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
  await expect(pollUntil(hangs, { withinMs: 50 })).rejects.toThrow('not within 0.05 s: no answer yet');
});

test('rejects with the reason of the abort', async () => {
  const controller = new AbortController();
  const polling = pollUntil(async () => 'not yet', { withinMs: 60_000, signal: controller.signal });
  controller.abort(new Error('stopped'));
  await expect(polling).rejects.toThrow('stopped');
});
