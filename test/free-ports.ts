import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Those given out already: what asked for them may not listen yet. */
const givenOut = new Set<number>();

/**
 * So many ports of 127.0.0.1 that are free now, from below the range that the system gives to outgoing connections, where
 * any of these could take one before it is used. None is given out twice.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = randomInt(12_000, 20_000);
    if (givenOut.has(port)) continue;
    givenOut.add(port);
    if (await isFree(port)) found.push(port);
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
