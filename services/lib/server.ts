import type { Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import { answerSelfMetrics } from '../telemetry/self-metrics.ts';
import { HttpError } from './http-error.ts';
import { listen } from './listen.ts';
import { refuseUnknownSettings } from './settings.ts';
import { DRAIN_MS, onShutdown } from './shutdown.ts';

/** Parses a JSON body; for the routes that have one, so that the others don't pay for it. */
export const jsonBody = express.json({ limit: '64kb' });

/**
 * An Express application with GET /health, and GET /metrics for what became of its own spans, without the features that
 * cost CPU and nobody uses here.
 */
export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.get('/metrics', answerSelfMetrics);
  app.get('/health', (_request, response) => sendJson(response, 200, { status: 'ok' }));
  return app;
}

/** Adds GET /ready: 200 when `check` resolves, else 503. */
export function addReadiness(app: Express, check: () => Promise<unknown> = async () => {}): void {
  app.get('/ready', async (_request, response) => {
    try {
      await check();
    } catch (cause) {
      throw new HttpError(503, 'not_ready', 'the service cannot work at the moment', { cause });
    }
    sendJson(response, 200, { status: 'ready' });
  });
}

/** Sends a value as JSON. */
export function sendJson(response: Response, status: number, value: unknown): void {
  sendText(response, status, JSON.stringify(value));
}

/** Sends JSON text as it is: one write with an exact length, the cheapest answer that Node has. */
export function sendText(response: Response, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Adds the last handlers, listens on 127.0.0.1, and closes on SIGTERM after the requests in flight have ended. */
export function serve(app: Express, port: number): void {
  refuseUnknownSettings();
  app.use(() => {
    throw new HttpError(404, 'not_found', 'there is no such resource');
  });
  app.use(answerError);
  listen(port, app).then(
    (servers) => {
      console.log(`listening on 127.0.0.1:${port}`);
      onShutdown('http server', DRAIN_MS, () => Promise.all(servers.map(drain)), 'work');
    },
    (error: unknown) => {
      console.error(`cannot listen on 127.0.0.1:${port}: ${error instanceof Error ? error.message : error}`);
      process.exit(1);
    },
  );
}

/** Resolves when the requests in flight have ended. A kept connection is closed as soon as nothing is under way on it. */
async function drain(server: Server): Promise<void> {
  const closing = setInterval(() => server.closeIdleConnections(), 20);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(closing);
}

const answerError: ErrorRequestHandler = (thrown, _request, response, _next) => {
  const error = toHttpError(thrown);
  if (response.headersSent) response.destroy();
  else sendJson(response, error.status, error);
};

function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  // Express' router, for a path parameter such as `%zz`; the status tells it from one that our own code has caused.
  if (thrown instanceof URIError && 'status' in thrown)
    return new HttpError(400, 'invalid_path', 'the path is not properly encoded');
  if (isBodyError(thrown)) {
    if (thrown.type === 'entity.parse.failed')
      return new HttpError(400, 'invalid_json', 'the body is not JSON');
    return new HttpError(thrown.status, 'invalid_body', thrown.message);
  }
  console.error('unexpected failure:', thrown);
  return new HttpError(500, 'internal', 'unexpected failure');
}

/** Errors of Express' body parsers. */
function isBodyError(thrown: unknown): thrown is Error & { type: string; status: number } {
  return (
    thrown instanceof Error &&
    'type' in thrown &&
    'status' in thrown &&
    typeof thrown.status === 'number' &&
    thrown.status < 500
  );
}
