import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import { Cleanup } from '../harness/cleanup.ts';

afterEach(() => void vi.useRealTimers());

test('undoes in reverse order, each after the one before has ended', async () => {
  const cleanup = new Cleanup();
  const done: string[] = [];
  cleanup.register('first', () => void done.push('first'), 100);
  cleanup.register(
    'second',
    async () => {
      await Promise.resolve();
      done.push('second');
    },
    100,
  );
  cleanup.register('third', () => void done.push('third'), 100);
  expect(await cleanup.run()).toEqual([]);
  expect(done).toEqual(['third', 'second', 'first']);
});

test('goes on after an undo that throws, rejects or hangs, and tells each', async () => {
  vi.useFakeTimers();
  const cleanup = new Cleanup();
  const done: string[] = [];
  cleanup.register('last', () => void done.push('last'), 1_000);
  cleanup.register('hangs', () => new Promise(() => undefined), 5_000);
  cleanup.register('rejects', () => Promise.reject(new Error('refused')), 1_000);
  cleanup.register(
    'throws',
    () => {
      throw new Error('broken');
    },
    1_000,
  );
  const running = cleanup.run();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await running).toEqual(['throws: broken', 'rejects: refused', 'hangs: not done within 5 s']);
  expect(done).toEqual(['last']);
  expect(vi.getTimerCount()).toBe(0);
});

test('does nothing twice, and takes nothing in once it runs', async () => {
  const cleanup = new Cleanup();
  const undo = vi.fn(() => Promise.reject(new Error('refused')));
  cleanup.register('fault', undo, 100);
  const [one, two] = await Promise.all([cleanup.run(), cleanup.run()]);
  expect(one).toEqual(['fault: refused']);
  expect(two).toEqual(one);
  expect(await cleanup.run()).toEqual(one);
  expect(undo).toHaveBeenCalledTimes(1);
  expect(() => cleanup.register('late', undo, 100)).toThrow('late');
});

test('first signal interrupts, second is told to wait, third gives up', async () => {
  const script = `
    import { abortOnSignals } from ${JSON.stringify(join(import.meta.dirname, '../harness/cleanup.ts'))};
    const controller = new AbortController();
    controller.signal.onabort = () => console.log(controller.signal.reason.name + ': ' + controller.signal.reason.message);
    abortOnSignals({ controller, print: console.log, giveUp: () => process.exit(42) });
    setInterval(() => undefined, 1000);
    console.log('up');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  expect((await lines.next()).value).toBe('up');
  child.kill('SIGINT');
  expect((await lines.next()).value).toBe('Interrupted: stopped by SIGINT');
  child.kill('SIGTERM');
  expect((await lines.next()).value).toBe('cleaning up, a moment');
  child.kill('SIGINT');
  expect(await ended).toEqual([42, null]);
}, 20_000);
