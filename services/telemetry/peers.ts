import type { Attributes } from '@opentelemetry/api';
import system from '../system.ts';

/** Origin of an address that this process calls -> name of the service that answers there. */
const peers: ReadonlyMap<string, string> = new Map(
  system.edges.flatMap(({ from, to, variable }) => {
    const address = process.env[variable];
    const isOurs = from === process.env['OTEL_SERVICE_NAME'] && to !== 'database';
    return isOurs && address && URL.canParse(address) ? [[new URL(address).origin, to]] : [];
  }),
);

/** `peer.service` of a call to that origin: the callee's name, though the address may be a proxy's. */
export function peerOf(origin: string | undefined): Attributes {
  const name = origin === undefined ? undefined : peers.get(origin);
  return name === undefined ? {} : { 'peer.service': name };
}
