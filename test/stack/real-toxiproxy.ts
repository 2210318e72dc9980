import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EdgeProxy } from '../../harness/contracts.ts';
import { answers } from '../../harness/stack/http-probe.ts';
import { takeLease } from '../../harness/stack/lease.ts';
import { spawnPart } from '../../harness/stack/part.ts';
import { allocatePorts } from '../../harness/stack/ports.ts';
import { ensureTools } from '../../harness/stack/tools.ts';
import { createProxies } from '../../harness/stack/toxiproxy.ts';

/** The tools may have to be built first. */
export const START_MS = 900_000;

export interface RealToxiproxy {
  /** Of its API. */
  readonly url: string;
  /** `a-to-b`, in front of the upstream. */
  readonly proxy: EdgeProxy;
  /** Stops Toxiproxy and closes the upstream. */
  stop(): Promise<void>;
}

/** Starts Toxiproxy with one proxy in front of a server, which listens afterwards. */
export async function startToxiproxy(upstream: Server): Promise<RealToxiproxy> {
  const tools = await ensureTools({ names: ['toxiproxy'] });
  const lease = await takeLease({ logFile: '/dev/null' });
  const [api = 0, listen = 0] = (await allocatePorts(['api', 'proxy'])).values();
  const url = `http://127.0.0.1:${api}`;
  const part = spawnPart(
    {
      name: 'toxiproxy',
      kind: 'proxy',
      command: [tools.toxiproxy.path, '-host', '127.0.0.1', '-port', String(api)],
      environment: {},
      folder: '/',
      logFile: '/dev/null',
      ready: answers(`${url}/version`),
      readyWithinMs: 10_000,
      stopWithinMs: 5_000,
    },
    lease,
    () => undefined,
  );
  await part.untilReady(new AbortController().signal);
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const request = { name: 'a-to-b', listen: `127.0.0.1:${listen}`, upstream: `127.0.0.1:${port}` };
  const [proxy] = (await createProxies(url, [request])).values();
  if (!proxy) throw new Error('no proxy was created');
  return {
    url,
    proxy,
    async stop() {
      await part.stop();
      await lease.release();
      upstream.closeAllConnections();
      upstream.close();
    },
  };
}
