import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { listen } from '../../services/lib/listen.ts';
import { freePorts } from '../free-ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const open = async (port: number) => {
  const opened = await listen(port, (_request, response) => response.end('here'));
  servers.push(...opened);
};

it.runIf(process.platform === 'linux')('takes in many new connections in one turn of the loop', async () => {
  const [port = 0] = await freePorts(1);
  await open(port);
  let turns = 0;
  const count = (): void => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  let accepted = 0;
  const turnsOf: number[] = [];
  for (const server of servers)
    server.on('connection', () => {
      accepted += 1;
      turnsOf.push(turns);
    });
  const sockets = Array.from({ length: 500 }, () => connect(port, '127.0.0.1'));
  // Turns are counted from when all of them stand in front of the door.
  const until = performance.now() + 100;
  while (performance.now() < until);
  while (accepted < sockets.length) await new Promise((resolve) => setTimeout(resolve, 5));
  clearImmediate(counting);
  for (const socket of sockets) socket.destroy();
  expect(new Set(turnsOf).size).toBeLessThan(20);
});

it('refuses a port that is taken, also by sockets that would share it', async () => {
  const [port = 0] = await freePorts(1);
  await open(port);
  await expect(listen(port, () => {})).rejects.toThrow('EADDRINUSE');
});
