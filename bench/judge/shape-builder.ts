/** What a generated span is, and a builder of the spans of one trace. */
import type { SpanRow } from '../../harness/contracts.ts';

/** A span of every trace of its variant. */
export interface SpanShape {
  /** Number of the span in its trace. */
  readonly ref: number;
  /** Number of its parent; -1 = the client's span, null = it is the root. */
  readonly parent: number | null;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanRow['kind'];
  /** From the start of its trace; in the generated trace both are scaled by a few per cent of chance. */
  readonly fromUs: number;
  readonly untilUs: number;
  readonly error: string | null;
  readonly route: string | null;
  readonly httpStatus: number | null;
  readonly path: string | null;
  readonly peer: string | null;
  readonly database: string | null;
  /** JSON; $order, $customer, $items, $total and $product stand for what the request has. */
  readonly attributes: string;
}

export type Detail = Partial<
  Pick<SpanShape, 'error' | 'route' | 'httpStatus' | 'path' | 'peer' | 'database'>
> & {
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
};

/** Collects the spans of one variant. Times are in milliseconds from the start of the trace. */
export class Trace {
  readonly spans: SpanShape[] = [];

  add(
    parent: number | null,
    [service, name, kind]: readonly [string, string, SpanRow['kind']],
    [fromMs, untilMs]: readonly [number, number],
    detail: Detail = {},
  ): number {
    const { attributes = {}, error = null, route = null, httpStatus = null, path = null } = detail;
    const { peer = null, database = null } = detail;
    const ref = this.spans.length;
    this.spans.push({
      ref,
      parent,
      service,
      name,
      kind,
      fromUs: fromMs * 1000,
      untilUs: untilMs * 1000,
      error,
      route,
      httpStatus,
      path,
      peer,
      database,
      attributes: JSON.stringify(attributes),
    });
    return ref;
  }

  server(
    parent: number | null,
    service: string,
    method: string,
    [route, path = route]: readonly [string, string?],
    times: readonly [number, number],
    httpStatus: number,
  ): number {
    return this.add(parent, [service, `${method} ${route}`, 'server'], times, {
      route,
      path,
      httpStatus,
      attributes: {
        'http.request.method': method,
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'server.port': 29724,
        'network.peer.address': '127.0.0.1',
        'network.protocol.version': '1.1',
        'user_agent.original': 'axios/1.21.1',
        'client.address': '127.0.0.1',
        'url.path': path,
        'http.route': route,
        'http.response.status_code': httpStatus,
      },
    });
  }

  /** A call that is answered: the caller's span and, within it, the callee's, whose number it returns. */
  call(
    parent: number,
    caller: string,
    [callee, method, route, path = route]: readonly [string, string, string, string?],
    [asked, served]: readonly [readonly [number, number], readonly [number, number]],
    httpStatus: number,
  ): number {
    const client = this.client(parent, caller, [callee, method, path], asked, httpStatus);
    return this.server(client, callee, method, [route, path], served, httpStatus);
  }

  /** The caller's span; without a status it got no answer. */
  client(
    parent: number,
    service: string,
    [peer, method, path]: readonly [string, string, string],
    times: readonly [number, number],
    httpStatus: number | null,
    error: string | null = null,
  ): number {
    return this.add(parent, [service, method, 'client'], times, {
      peer,
      path,
      httpStatus,
      error,
      attributes: {
        'http.request.method': method,
        'url.full': `http://127.0.0.1:29731${path}`,
        'url.path': path,
        'server.address': '127.0.0.1',
        'server.port': 29731,
        'peer.service': peer,
        'network.protocol.version': '1.1',
        ...(httpStatus === null ? {} : { 'http.response.status_code': httpStatus }),
      },
    });
  }

  statement(parent: number, service: string, plan: string, text: string, fromMs: number): void {
    this.add(parent, [service, `pg.query:${plan} shop`, 'client'], [fromMs, fromMs + 0.8], {
      peer: 'database',
      database: 'postgresql',
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': 'shop',
        'server.address': '127.0.0.1',
        'server.port': 29734,
        'db.query.text': text,
        'db.postgresql.plan': plan,
        'peer.service': 'database',
      },
    });
  }
}
