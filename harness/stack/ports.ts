import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { UserError } from '../errors.ts';

/** Half-open: `from` is in it, `to` is not. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Where blocks are looked for, as far as the system does not hand these ports out to outgoing connections. */
const PREFERRED: PortRange = { from: 20_000, to: 30_000 };
const ATTEMPTS = 50;
/** The lowest usable port: `fetch` refuses a number of ports up to 10080, by the Fetch standard's list of bad ports. */
const LOWEST = 10_081;

/**
 * Gives each name a port: consecutive ones, in the order of the names, each checked by binding it.
 *
 * With `base` the block begins there, and a taken port is a UserError that names the port and what it was for. Without,
 * a free block is looked for from a random place on, so that two runs at once hardly meet.
 */
export async function allocatePorts(
  names: readonly string[],
  base?: number,
): Promise<ReadonlyMap<string, number>> {
  if (base !== undefined) return fixedPorts(names, base);
  const range = usableRange(readEphemeralRange(), names.length);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const start = randomInt(range.from, range.to - names.length + 1);
    const ports = names.map((_, index) => start + index);
    if ((await takenPorts(ports)).length === 0) {
      return new Map(names.map((name, index) => [name, start + index]));
    }
  }
  throw new UserError(
    `No ${names.length} consecutive free ports found between ${range.from} and ${range.to - 1} on 127.0.0.1. ` +
      'End other programs that listen there, or choose a block with --port-base.',
  );
}

/** Those of the ports that cannot be bound on 127.0.0.1. */
export async function takenPorts(ports: readonly number[]): Promise<number[]> {
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => !free[index]);
}

/**
 * The part of the preferred range that is outside the ephemeral one, whose ports any outgoing connection may
 * take between our check and the part's start. When all of it is ephemeral, what lies below or above is used.
 */
export function usableRange(ephemeral: PortRange, size: number): PortRange {
  const outside: readonly PortRange[] = [
    { from: PREFERRED.from, to: Math.min(PREFERRED.to, ephemeral.from) },
    { from: Math.max(PREFERRED.from, ephemeral.to), to: PREFERRED.to },
    { from: LOWEST, to: ephemeral.from },
    { from: ephemeral.to, to: 65_536 },
  ];
  return outside.find((range) => range.to - range.from >= size) ?? PREFERRED;
}

async function fixedPorts(names: readonly string[], base: number): Promise<ReadonlyMap<string, number>> {
  if (!Number.isInteger(base) || base < LOWEST || base + names.length > 65_536) {
    throw new UserError(
      `--port-base ${base}: must be a whole number from ${LOWEST} to ${65_536 - names.length} (${names.length} ports are needed).`,
    );
  }
  const ports = new Map(names.map((name, index) => [name, base + index]));
  const taken = new Set(await takenPorts([...ports.values()]));
  if (taken.size > 0) {
    const list = [...ports]
      .filter(([, port]) => taken.has(port))
      .map(([name, port]) => `${port} (for ${name})`);
    throw new UserError(
      `--port-base ${base}: taken on 127.0.0.1: ${list.join(', ')}. End what listens there, choose another base, ` +
        'or leave --port-base out to have free ports looked for.',
    );
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The ports that the system gives to outgoing connections; where it cannot be read, what IANA recommends. */
function readEphemeralRange(): PortRange {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
    return { from: Number(first), to: Number(last) + 1 };
  } catch {
    return { from: 49_152, to: 65_536 };
  }
}
