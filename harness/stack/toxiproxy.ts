import { Toxiproxy } from 'toxiproxy-node-client';
import type { EdgeProxy, Toxic } from '../contracts.ts';
import { ToxiproxyHttp, ToxiproxyRefusal } from './toxiproxy-http.ts';

export interface ProxyRequest {
  readonly name: string;
  /** host:port */
  readonly listen: string;
  /** host:port */
  readonly upstream: string;
}

const CALL_MS = 5_000;

/** Creates a proxy for each request and returns them by name. Rejects when Toxiproxy refuses one or does not answer. */
export async function createProxies(
  url: string,
  requests: readonly ProxyRequest[],
  timeoutMs = CALL_MS,
): Promise<Map<string, EdgeProxy>> {
  const client = connect(url, timeoutMs);
  // No edge, nothing to do; Toxiproxy refuses an empty list.
  if (requests.length > 0) await client.populate(requests.map((request) => ({ ...request, enabled: true })));
  return new Map(requests.map((request) => [request.name, edgeProxy(client, request)]));
}

/** Version of the Toxiproxy that answers at the URL; rejects when none does. */
export async function readToxiproxyVersion(url: string, timeoutMs = CALL_MS): Promise<string> {
  return connect(url, timeoutMs).getVersion();
}

function connect(url: string, timeoutMs: number): Toxiproxy {
  const client = new Toxiproxy(url);
  client.api = new ToxiproxyHttp(timeoutMs);
  return client;
}

function edgeProxy(client: Toxiproxy, request: ProxyRequest): EdgeProxy {
  const path = `${client.host}/proxies/${request.name}`;
  return {
    name: request.name,
    address: request.listen,
    addToxic: async (toxic) => {
      await client.api.post(`${path}/toxics`, toxic);
    },
    removeToxic: async (name) => {
      try {
        await client.api.delete(`${path}/toxics/${encodeURIComponent(name)}`);
      } catch (error) {
        // Asked for is that it is not there. A missing proxy, in contrast, is an error.
        if (!(error instanceof ToxiproxyRefusal && error.reason.includes('toxic not found'))) throw error;
      }
    },
    setEnabled: async (enabled) => {
      await client.api.post(path, { enabled });
    },
    read: async () => {
      const { data } = await client.api.get<{ enabled: boolean; toxics: Toxic[] }>(path);
      return {
        enabled: data.enabled,
        toxics: data.toxics.map(({ name, type, stream, toxicity, attributes }) => ({
          name,
          type,
          stream,
          toxicity,
          attributes,
        })),
      };
    },
  };
}
