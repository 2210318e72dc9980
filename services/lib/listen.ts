import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * Sockets that listen on the one port. Node takes one new connection from each in a turn of its loop (libuv since 1.45: "don't
 * accept() connections in a loop"). A process that is short of CPU has turns of 100 ms: with a single socket a burst of 30
 * connections, as when callers begin to wait for a slow callee, stands in front of the door for 3 s, while those who are in are
 * served at once. Other systems than Linux do not share out connections among sockets.
 */
const SOCKETS = process.platform === 'linux' ? 32 : 1;

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
