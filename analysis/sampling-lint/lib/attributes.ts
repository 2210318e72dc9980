/**
 * Attributes that the HTTP and database instrumentation no longer emits, and what took their place: the stable
 * semantic conventions. https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/ and
 * https://opentelemetry.io/docs/specs/semconv/non-normative/db-migration/
 */
const SUCCESSORS: Readonly<Record<string, string>> = {
  'http.target': 'url.path',
  'http.method': 'http.request.method',
  'http.status_code': 'http.response.status_code',
  'http.url': 'url.full',
  'http.scheme': 'url.scheme',
  'http.host': 'server.address',
  'http.server_name': 'server.address',
  'http.client_ip': 'client.address',
  'http.user_agent': 'user_agent.original',
  'http.flavor': 'network.protocol.version',
  'net.peer.name': 'server.address',
  'net.peer.port': 'server.port',
  'net.host.name': 'server.address',
  'net.host.port': 'server.port',
  'net.peer.ip': 'network.peer.address',
  'net.sock.peer.addr': 'network.peer.address',
  'net.sock.peer.port': 'network.peer.port',
  'db.system': 'db.system.name',
  'db.statement': 'db.query.text',
  'db.name': 'db.namespace',
  'db.operation': 'db.operation.name',
};

/** Where current instrumentation writes the path of a request. */
export const PATH_ATTRIBUTE = 'url.path';

/** What took the attribute's place; undefined when it is still emitted, or was never. */
export function successorOf(key: string): string | undefined {
  return Object.hasOwn(SUCCESSORS, key) ? SUCCESSORS[key] : undefined;
}

/** The attributes that an OTTL condition reads. */
export function ottlAttributes(text: string): readonly string[] {
  return [...text.matchAll(/attributes\["([^"]+)"\]/g)].flatMap(([, key]) =>
    key === undefined ? [] : [key],
  );
}
