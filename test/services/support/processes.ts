import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  /** Sends SIGTERM (or another signal) and waits for the end; SIGKILL after ten seconds. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts a program and collects its output. */
export function run(name: string, command: readonly string[], options: SpawnOptions): Running {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  child.on('error', (error) => (output += error.message));
  const closed = once(child, 'close');
  return {
    name,
    child,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await closed;
      clearTimeout(timer);
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}

/** The exit code of a program that ends by itself; kills one that does not in time, and fails with its output. */
export async function ended({ child, output, stop }: Running): Promise<number> {
  try {
    return await until(output, () => {
      if (child.signalCode !== null) throw new Error(`ended by ${child.signalCode}: ${output()}`);
      return child.exitCode ?? undefined;
    });
  } finally {
    await stop('SIGKILL');
  }
}

/** Waits until `look` gives something other than undefined or false; fails with `what` after the deadline. */
export async function until<T>(
  what: string | (() => string),
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end)
      throw new Error(`not within ${deadlineMs} ms: ${typeof what === 'string' ? what : what()}`);
    await sleep(20);
  }
}
