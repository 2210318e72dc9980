import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { connect } from 'node:net';
import { messageOf } from '../errors.ts';
import type { Probe } from './poll.ts';

const ATTEMPT_MS = 2_000;

/**
 * Ready when a GET of the URL answers with status 200. Each call uses a connection of its own, which would else stay
 * open and delay the part's end, and says in `traceparent` that it is not sampled, so that it leaves no spans.
 */
export function answers(url: string): Probe {
  return async (signal) => {
    const status = await getStatus(url, signal);
    return status === 200 ? undefined : `GET ${url} answered with status ${status}`;
  };
}

/** Ready when the address accepts a connection. */
export function accepts(port: number): Probe {
  return (signal) =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      const end = (reason: string | undefined) => {
        signal.removeEventListener('abort', onAbort);
        socket.destroy();
        resolve(reason);
      };
      const onAbort = () => end(`port ${port} did not accept a connection in time`);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.once('connect', () => end(undefined));
      socket.once('error', (error) => end(error.message));
    });
}

/** Ready when all are. */
export function all(...probes: readonly Probe[]): Probe {
  return async (signal) => {
    for (const probe of probes) {
      const reason = await probe(signal);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** The same probe; its reasons are followed by what is likely wrong. */
export function hinted(probe: Probe, hint: string): Probe {
  return async (signal) => {
    const reason = await probe(signal).catch(messageOf);
    return reason === undefined ? undefined : `${reason} (${hint})`;
  };
}

function getStatus(url: string, signal: AbortSignal): Promise<number> {
  const unsampled = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  return new Promise((resolve, reject) => {
    const request = get(url, {
      agent: false,
      headers: { traceparent: unsampled },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
    });
    request.once('response', (response) => {
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    request.once('error', reject);
  });
}
