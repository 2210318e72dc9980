/** What stands for the tracing backend in a replay: takes OTLP/HTTP on loopback and writes it to a file of frames. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** What came. */
export interface Received {
  readonly messages: number;
  /** OTLP protobuf, uncompressed. */
  readonly bytes: number;
  /** As they came over the wire. */
  readonly wireBytes: number;
}

export class BackendReceiver {
  readonly port: number;
  readonly #server: Server;
  readonly #file: WriteStream;
  #messages = 0;
  #bytes = 0;
  #wireBytes = 0;
  #problem: Error | undefined;

  private constructor(server: Server, port: number, file: WriteStream) {
    this.#server = server;
    this.port = port;
    this.#file = file;
    file.on('error', (error) => {
      this.#problem = error;
    });
    server.on('request', (request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        this.#problem ??= error instanceof Error ? error : new Error(String(error));
        response.writeHead(400).end();
      });
    });
  }

  /** @param path the file of frames (length, zstd), like the flight recorder's */
  static async start(path: string): Promise<BackendReceiver> {
    const server = createServer();
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
    return new BackendReceiver(server, address.port, createWriteStream(path));
  }

  get received(): Received {
    return { messages: this.#messages, bytes: this.#bytes, wireBytes: this.#wireBytes };
  }

  /** Ends it, its file complete. @throws what went wrong meanwhile: then the file does not hold all that was sent */
  async close(): Promise<void> {
    if (this.#server.listening) {
      this.#server.close();
      this.#server.closeAllConnections();
    }
    if (!this.#file.closed) {
      this.#file.end();
      await once(this.#file, 'close');
    }
    if (this.#problem) throw this.#problem;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    // Metrics and logs of the configuration have another path; they are answered and not kept.
    if (request.url?.endsWith('/v1/traces')) await this.#keep(body, request.headers['content-encoding']);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }

  async #keep(body: Buffer, encoding: string | undefined): Promise<void> {
    const message = decoded(body, encoding);
    this.#messages += 1;
    this.#bytes += message.length;
    this.#wireBytes += body.length;
    const frame = zstdCompressSync(message);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    if (!this.#file.write(Buffer.concat([length, frame]))) await once(this.#file, 'drain');
  }
}

function decoded(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding === 'gzip') return gunzipSync(body);
  if (encoding === 'zstd') return zstdDecompressSync(body);
  throw new Error(`content-encoding ${encoding} is not known`);
}
