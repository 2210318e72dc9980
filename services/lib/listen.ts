import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * Sockets that listen on the one port. Node takes in one new connection from each in a turn of its loop (libuv's pull request
 * 3696), and a process that is short of CPU has long turns. So when callers begin to wait for a slow callee, and need more
 * connections, some would stand in front of the door for seconds, while those who are in are served at once: of 500 that come
 * together, at turns of 50 ms, the last is answered after 25.3 s with one socket, 1.3 s with 32 and 0.6 s with 128. Not every
 * system shares out connections among sockets (macOS and Windows do not); Linux does.
 */
const SOCKETS = process.platform === 'linux' ? 128 : 1;

/** Listens on 127.0.0.1; resolves to the servers when all of them do, and rejects when the port is taken. */
export async function listen(port: number, onRequest: RequestListener): Promise<readonly Server[]> {
  // Longer than any client keeps an idle connection, or a request could meet a connection that is being closed.
  const servers = Array.from({ length: SOCKETS }, () =>
    createServer({ keepAliveTimeout: 75_000 }, onRequest),
  );
  // Sockets that share a port do so with another process' as well: one of its own finds out whether the port is taken.
  const lookout = createServer();
  await opened(lookout, { port });
  await new Promise((resolve) => lookout.close(resolve));
  for (const server of servers) await opened(server, { port, reusePort: SOCKETS > 1 });
  return servers;
}

function opened(
  server: Server,
  where: { readonly port: number; readonly reusePort?: boolean },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...where, host: '127.0.0.1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
